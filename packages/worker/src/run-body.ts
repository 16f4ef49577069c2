import { makeOutputFolders, missingInputs, missingOutputs } from '@parsl/data'
import { AppException, MissingInputs, MissingOutputs, type TaskTry } from '@parsl/interfaces'
import { runBash } from './run-bash.js'
import type { StoppableBody } from './place.js'

/** Items that a generator may give; its result is a list in memory. */
const MOST_ITEMS = 10_000_000

const isGenerator = (value: object): value is Iterable<unknown> | AsyncIterable<unknown> => {
  const tag = Object.prototype.toString.call(value)
  return tag === '[object Generator]' || tag === '[object AsyncGenerator]'
}

const collect = async (body: StoppableBody, items: Iterable<unknown> | AsyncIterable<unknown>): Promise<unknown[]> => {
  const list: unknown[] = []
  for await (const item of items) {
    body.throwIfStopped()
    if (list.length === MOST_ITEMS)
      throw new AppException(
        body.taskTry.spec.app,
        `its generator gave more than ${MOST_ITEMS} items; write them to a file instead`,
      )
    list.push(item)
  }
  return list
}

/** What a function returned, a generator as the list of its items. */
export const listed = (result: unknown, body: StoppableBody): unknown =>
  typeof result === 'object' && result !== null && isGenerator(result) ? collect(body, result) : result

const call = (attempt: TaskTry, body: StoppableBody): unknown => {
  const { spec } = attempt
  // Called without `this`.
  const { body: app } = spec
  const result: unknown = app(...(attempt.args as never[]))
  if (spec.kind === 'bash') return runBash(attempt, body, result)
  return listed(result, body)
}

const callWithFiles = async (attempt: TaskTry, body: StoppableBody): Promise<unknown> => {
  const { spec, inputs, outputs } = attempt
  const absent = await missingInputs(inputs)
  if (absent.length > 0) throw new MissingInputs(spec.app, absent)
  await makeOutputFolders(outputs)
  body.throwIfStopped()
  const value = await call(attempt, body)
  const unmade = await missingOutputs(outputs)
  if (unmade.length > 0) throw new MissingOutputs(spec.app, unmade)
  return value
}

/** Runs a body to its end: its value, or a promise of it. Throws what the body throws. */
export const runBody = (body: StoppableBody): unknown => {
  const attempt = body.taskTry
  return attempt.inputs.length + attempt.outputs.length === 0 ? call(attempt, body) : callWithFiles(attempt, body)
}
