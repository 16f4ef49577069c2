import type { MemoCall, MemoHit, RunningMemoizer } from '@parsl/interfaces'
import { keepAnswer } from '../memo/explain.js'
import { circleOf, noteWait } from './circle.js'
import { type Attempt, moreOf, type TaskRecord } from './task.js'

const callOf = ({ task: { id, app }, args, inputs, outputs }: Attempt): MemoCall => ({
  taskId: id,
  app: app.name,
  kind: app.kind,
  body: app.spec.body,
  args,
  env: app.spec.env,
  inputs,
  outputs,
  ignoreForCache: app.ignoreForCache,
  version: app.version,
})

/** Whose calls they are. */
const callers = new WeakMap<MemoCall, TaskRecord>()

/** Asks the memoizer for the outcome of a task; after a miss the task knows that it was asked. */
export const lookUp = async (attempt: Attempt, memoizer: RunningMemoizer): Promise<MemoHit | undefined> => {
  const { task } = attempt
  const call = callOf(attempt)
  callers.set(call, task)
  const answer = await memoizer.lookup(call, (other) => {
    const caller = callers.get(other)
    if (!caller) return
    const circle = circleOf(task, [caller.future])
    if (circle) throw circle
    noteWait(moreOf(task), caller.future)
  })
  keepAnswer(task.future, answer)
  if (!answer.hit) moreOf(task).memoCall = call
  return answer.hit
}
