// Errors and retries: what a failed task tells, and which failures are tried again.
import {
  bashApp,
  type BashExitFailure,
  type Config,
  evidenceOf,
  isParslError,
  jsApp,
  load,
  sh,
  task,
} from '@parsl/core'

class Busy extends Error {}

class OutOfRange extends RangeError {
  override readonly name = 'OutOfRange'
  limit = 1
}

const read = jsApp(function read() {
  const { attempt } = task()
  if (attempt < 2) throw new Busy('the instrument is busy')
  return `read in attempt ${attempt}`
})
const probability = jsApp(function probability(value: number) {
  if (value > 1) throw new OutOfRange(`${value} is more than 1`)
  return value
})
const odds = jsApp(function odds(p: number) {
  return p / (1 - p)
})
const convert = bashApp(function convert() {
  return sh`echo 'unknown format' >&2; exit 3`
})

const config: Config = {
  retries: 3,
  // What a failure costs of these 3. Another try makes sense only for what may pass by itself.
  retryHandler: (error) => (error instanceof Busy ? 1 : Infinity),
  retryBackoff: { initial: '50ms', factor: 2, max: '1s' },
}

await load(config, async () => {
  console.log(await read())

  // The error of a body comes back as it was thrown, with its class and fields. `evidenceOf` tells which task it was.
  const wrong = probability(7)
  await wrong.catch((error: unknown) => {
    if (!(error instanceof OutOfRange)) throw error
    console.log(`${error.name} in ${evidenceOf(error)?.app}: ${error.message}, the limit is ${error.limit}`)
  })

  // What needs that value never runs. Its error names the task at fault, and has that task's error as its cause.
  await odds(wrong).catch((error: unknown) => {
    if (!isParslError(error, 'PARSL_DATAFLOW_DEPENDENCY')) throw error
    console.log(`${error.code}: ${error.message}`)
    console.log(`cause: ${error.cause instanceof OutOfRange && error.cause.message}`)
  })

  // Codes form a tree: PARSL_APP is whatever can be wrong with an app.
  await convert().catch((error: unknown) => {
    if (!isParslError(error, 'PARSL_APP')) throw error
    const { exitCode, stderrTail } = (error as BashExitFailure).details
    console.log(`${error.code}: exit code ${exitCode}, ${stderrTail.trim()}`)
  })
})
