export { processPoolExecutor, type ProcessPoolOptions } from './process-pool.js'
export { threadPoolExecutor, type ThreadPoolOptions } from './thread-pool.js'
