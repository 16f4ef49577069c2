// Stopping: a future can be cancelled, a signal can stop many tasks, and limits stop what takes too long.
import { setTimeout as sleep } from 'node:timers/promises'
import { bashApp, inProcessExecutor, isParslError, jsApp, load, sh, task } from '@parsl/core'

const simulate = jsApp(async function simulate(name: string) {
  const { signal } = task()
  signal.addEventListener('abort', () => console.log(`  ${name}: told to stop`))
  await sleep(60_000, undefined, { signal })
})
const publish = jsApp(function publish(_result: void) {})
const wait = bashApp(function wait(seconds: number) {
  return sh`sleep ${seconds}`
})

const tell = async (what: string, future: Promise<unknown>) => {
  try {
    await future
    console.log(`${what}: done`)
  } catch (error) {
    if (!isParslError(error)) throw error
    console.log(`${what}: ${error.code}: ${error.message}`)
  }
}

await load({ executors: [inProcessExecutor({ processes: 1 })] }, async () => {
  // One task, running; what needs it never starts.
  const long = simulate('long')
  const published = publish(long)
  await sleep(100)
  long.cancel('not needed any more')
  await tell('cancelled', long)
  await tell('depends on it', published)

  // Many tasks, by one signal.
  const controller = new AbortController()
  const many = ['left', 'right'].map((side) => simulate.with({ signal: controller.signal })(side))
  await sleep(100)
  controller.abort(new Error('the user left'))
  for (const future of many) await tell('by a signal', future)

  // A limit for running, from the start of the command: it is ended with all its processes.
  await tell('walltime', wait.with({ walltime: '200ms' })(60))

  // A limit from the submission on, waiting for a free process included.
  const first = wait(1)
  await tell('timeout', wait.with({ timeout: '200ms' })(0))
  await tell('first', first)
})
