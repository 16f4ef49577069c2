export { listRuns, type Run, type RunState } from './list.js'
export type { RunEnd, RunRecord } from './record.js'
