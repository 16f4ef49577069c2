// Stopping: a future can be cancelled, a signal can stop many tasks, and limits stop what takes too long.
import { setTimeout as sleep } from 'node:timers/promises'
import { bashApp, isParslError, jsApp, load, sh, task } from '@parsl/core'
import { threadPoolExecutor } from '@parsl/executor-local'

const simulate = jsApp(async function simulate(name: string, listens: Int32Array) {
  const { signal } = task()
  signal.addEventListener('abort', () => console.log(`  ${name}: told to stop`))
  Atomics.store(listens, 0, 1)
  await sleep(60_000, undefined, { signal })
})
const publish = jsApp(function publish(_result: unknown) {})
const wait = bashApp(function wait(seconds: number) {
  return sh`sleep ${seconds}`
})

/** Threads share this memory with the program: it sees there that a body listens, for one that is stopped before never begins. */
const newFlag = () => new Int32Array(new SharedArrayBuffer(4))
const raised = async (flag: Int32Array) => {
  while (Atomics.load(flag, 0) === 0) await sleep(10)
}
const tell = async (what: string, future: Promise<unknown>) => {
  try {
    await future
    console.log(`${what}: done`)
  } catch (error) {
    if (!isParslError(error)) throw error
    console.log(`${what}: ${error.code}: ${error.message}`)
  }
}

await load({ executors: [threadPoolExecutor({ maxThreads: 2 })] }, async () => {
  // One task, running; what needs it never starts.
  const listens = newFlag()
  const long = simulate('long', listens)
  const published = publish(long)
  await raised(listens)
  long.cancel('not needed any more')
  await tell('cancelled', long)
  await tell('depends on it', published)

  // Many tasks, by one signal.
  const controller = new AbortController()
  const sides = [
    ['left', newFlag()],
    ['right', newFlag()],
  ] as const
  const many = sides.map(([side, flag]) => simulate.with({ signal: controller.signal })(side, flag))
  for (const [, flag] of sides) await raised(flag)
  controller.abort(new Error('the user left'))
  for (const future of many) await tell('by a signal', future)

  // A limit for running, from the start of the command: it is ended with all its processes.
  await tell('walltime', wait.with({ walltime: '200ms' })(60))

  // A limit from the submission on, waiting for other tasks included.
  const first = wait(1)
  await tell('timeout', publish.with({ timeout: '200ms' })(first))
  await tell('first', first)
})
