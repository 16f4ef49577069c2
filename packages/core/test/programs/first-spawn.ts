/** Dies by SIGKILL right after its first command was spawned, before anything else could happen. */
import childProcess from 'node:child_process'
import { writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { spawn } = childProcess
childProcess.spawn = ((...args: Parameters<typeof spawn>) => {
  const child = spawn(...args)
  if (args[0] === 'bash') process.kill(process.pid, 'SIGKILL')
  return child
}) as typeof spawn
syncBuiltinESMExports()

const { bashApp, inProcessExecutor, load, sh } = await import('@parsl/core')
const parsl = await load({ executors: [inProcessExecutor()], killGrace: '300ms', progress: false })
writeSync(1, `run ${parsl.runId}\n`)
const command = bashApp(() => sh`sleep 301 & setsid sleep 302 & wait`)
await command()
