import type { MemoAnswer, MemoCall, MemoHit, RunningMemoizer } from '@parsl/interfaces'
import { keepAnswer } from '../memo/explain.js'
import { circleOf, noteWait } from './circle.js'
import { type Attempt, moreOf, type TaskRecord } from './task.js'

/** Files of `'auto'` streams are of one task only; so are those that a function chose for them. */
const streamsOf = ({ app, more }: TaskRecord): MemoCall['streams'] =>
  (['stdout', 'stderr'] as const).flatMap((stream) => {
    const place = app[stream] === 'auto' ? undefined : more?.streams?.[stream].place
    return typeof place === 'string' ? [{ stream, path: place }] : []
  })

const callOf = ({ task, executor, args, inputs, outputs }: Attempt): MemoCall => {
  const { id, app } = task
  return {
    taskId: id,
    app: app.name,
    kind: app.kind,
    body: app.spec.body,
    args,
    isHere: executor.plugin.capabilities.isolation === 'none',
    env: app.spec.env,
    inputs,
    outputs,
    streams: streamsOf(task),
    ignoreForCache: app.ignoreForCache,
    version: app.version,
  }
}

/** Whose calls they are. */
const callers = new WeakMap<MemoCall, TaskRecord>()

/** Asks the memoizer for the outcome of a task; after a miss the task knows that it was asked. */
export const lookUp = (
  attempt: Attempt,
  memoizer: RunningMemoizer,
): MemoHit | undefined | Promise<MemoHit | undefined> => {
  const { task } = attempt
  const call = callOf(attempt)
  callers.set(call, task)
  const take = (answer: MemoAnswer): MemoHit | undefined => {
    keepAnswer(task.future, answer)
    if (!answer.hit) moreOf(task).memoCall = call
    return answer.hit
  }
  const answer = memoizer.lookup(call, (other) => {
    const caller = callers.get(other)
    if (!caller) return
    const circle = circleOf(task, [caller.future])
    if (circle) throw circle
    noteWait(moreOf(task), caller.future)
  })
  return answer instanceof Promise ? answer.then(take) : take(answer)
}
