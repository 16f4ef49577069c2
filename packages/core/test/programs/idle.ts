/** Loads a kernel, perhaps uses it, and does not close it. */
import { writeSync } from 'node:fs'
import { inProcessExecutor, bashApp, jsApp, load, sh } from '@parsl/core'

const { use = 'nothing' } = JSON.parse(process.argv[2] ?? '{}') as { readonly use?: 'nothing' | 'body' | 'command' }
const parsl = await load({ executors: [inProcessExecutor()], progress: false })
writeSync(1, `run ${parsl.runId}\n`)
if (use === 'body') await jsApp(() => 1)()
if (use === 'command') await bashApp(() => sh`:`)()
