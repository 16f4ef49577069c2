export type { ManagerSelector, HighThroughputOptions } from './options.js'
export { highThroughputExecutor, type HighThroughputExecutor } from './high-throughput-executor.js'
export type { ManagerView } from './wire/messages.js'
