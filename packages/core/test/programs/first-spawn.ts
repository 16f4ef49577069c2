/** Dies by SIGKILL right after its first command was spawned, before anything else could happen. */
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { writeSync } from 'node:fs'

const childProcess = createRequire(import.meta.url)('node:child_process') as typeof import('node:child_process')
const { spawn } = childProcess
childProcess.spawn = ((...args: Parameters<typeof spawn>) => {
  const child = spawn(...args)
  if (args[0] === 'bash') process.kill(process.pid, 'SIGKILL')
  return child
}) as typeof spawn
syncBuiltinESMExports()

const { bashApp, load, sh } = await import('@parsl/core')
const parsl = await load({ killGrace: '300ms', progress: false })
writeSync(1, `run ${parsl.runId}\n`)
const command = bashApp(() => sh`sleep 301 & setsid sleep 302 & wait`)
await command()
