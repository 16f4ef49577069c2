export { localProvider } from './local-provider.js'
export type { LocalProviderOptions } from './options.js'
