// Threads and processes: what goes wrong in a body ends that body, and the program goes on.
import { execSync } from 'node:child_process'
import { type Config, isParslError, jsApp, load } from '@parsl/core'
import { processPoolExecutor, threadPoolExecutor } from '@parsl/executor-local'

const spin = jsApp(function spin() {
  for (;;);
})
const fill = jsApp(function fill() {
  for (const all: unknown[] = []; ;) all.push(Array.from({ length: 1_000_000 }, () => 0))
})
const leave = jsApp(function leave() {
  process.exit(3)
})
const block = jsApp(function block() {
  execSync('sleep 60')
})
const crash = jsApp(function crash() {
  process.kill(process.pid, 'SIGSEGV')
})
const square = jsApp(function square(n: number) {
  return n * n
})

const tell = async (what: string, future: Promise<unknown>) => {
  try {
    console.log(`${what}: ${String(await future)}`)
  } catch (error) {
    if (!isParslError(error)) throw error
    console.log(`${what}: ${error.code}`)
  }
}

const config: Config = {
  executors: [threadPoolExecutor(), processPoolExecutor({ maxProcesses: 1 })],
  // How long a body that is told to stop may take before it is ended.
  killGrace: '500ms',
}

await load(config, async () => {
  // Most can go wrong in a thread: its task fails, and another thread takes its place.
  const threads = { executors: ['threads'] }
  await tell('a loop without end', spin.with({ ...threads, walltime: '500ms' })())
  await tell('too much memory', fill.with({ ...threads, resources: { memory: '64MiB' } })())
  await tell('process.exit()', leave.with(threads)())
  await tell('threads still work', square.with(threads)(7))

  // What goes wrong outside JavaScript needs a process: native code that does not come back cannot be ended in a thread, and where it
  // crashes it takes the program along. Who lost a worker is tried again; here there is no use in that.
  const processes = { executors: ['processes'], infrastructureRetries: 0 }
  await tell('native code that blocks', block.with({ ...processes, walltime: '500ms' })())
  await tell('a crash', crash.with(processes)())
  await tell('processes still work', square.with(processes)(8))
})
