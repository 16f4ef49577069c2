export { sh } from '@parsl/core'
export * as parsl from '@parsl/core'
