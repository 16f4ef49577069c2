export { parslPoolExecutor, type ParslPool } from './start.js'
export type { ParslPoolExecutor } from './pool.js'
export type { PoolOptions, ShutdownOptions } from './options.js'
export type { Items, PoolMap, PoolMapOptions, PoolResults } from './types.js'
