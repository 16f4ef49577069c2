// Stopping: a future can be cancelled, a signal can stop many tasks, and limits stop what takes too long.
import { setTimeout as sleep } from 'node:timers/promises'
import { type AppFuture, bashApp, isParslError, jsApp, load, sh, task } from '@parsl/core'
import { threadPoolExecutor } from '@parsl/executor-local'

const simulate = jsApp(async function simulate(name: string) {
  const { signal } = task()
  signal.addEventListener('abort', () => console.log(`  ${name}: told to stop`))
  await sleep(60_000, undefined, { signal })
})
const publish = jsApp(function publish(_result: unknown) {})
const wait = bashApp(function wait(seconds: number) {
  return sh`sleep ${seconds}`
})

const started = async (future: AppFuture<unknown>) => {
  while (future.state !== 'running') await sleep(10)
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
  const long = simulate('long')
  const published = publish(long)
  await started(long)
  long.cancel('not needed any more')
  await tell('cancelled', long)
  await tell('depends on it', published)

  // Many tasks, by one signal.
  const controller = new AbortController()
  const many = ['left', 'right'].map((side) => simulate.with({ signal: controller.signal })(side))
  await Promise.all(many.map(started))
  controller.abort(new Error('the user left'))
  for (const future of many) await tell('by a signal', future)

  // A limit for running, from the start of the command: it is ended with all its processes.
  await tell('walltime', wait.with({ walltime: '200ms' })(60))

  // A limit from the submission on, waiting for other tasks included.
  const first = wait(1)
  await tell('timeout', publish.with({ timeout: '200ms' })(first))
  await tell('first', first)
})
