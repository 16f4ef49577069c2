import { type Config } from '@parsl/core'
import { threadPoolExecutor } from '@parsl/executor-local'

/** What `pnpm bench perf` hands to `parsl perf`. */
export const config: Config = {
  executors: [threadPoolExecutor({ maxThreads: Number(process.env['BENCH_WORKERS']) })],
  runDir: process.env['BENCH_RUN_DIR'] ?? 'runinfo',
}
