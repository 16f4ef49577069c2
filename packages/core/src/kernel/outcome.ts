import { globFiles, type ExpectedOutput } from '@parsl/data'
import type { FilePlan } from '../staging/data-manager.js'
import type { DataFuture } from '../future/data-future.js'
import { transferOut } from './prepare.js'
import type { FailedAttempt, TaskRecord } from './task.js'

const TASK = Symbol.for('parsl.task')

/** What a failure says about its task: `error[Symbol.for('parsl.task')]`. */
export interface TaskEvidence {
  readonly taskId: number
  readonly app: string
  readonly attempt: number
  readonly executor: string | undefined
  readonly runDir: string
  readonly stdout: string | undefined
  readonly stderr: string | undefined
  /** Earlier tries, with their errors. */
  readonly history: readonly FailedAttempt[]
}

const pathOf = (place: unknown): string | undefined => (typeof place === 'string' ? place : undefined)

/** Puts the story of the task on its error, where that can be done and no inner task did before. */
export const annotate = (error: unknown, task: TaskRecord, runDir: string): void => {
  if (typeof error !== 'object' || error === null || TASK in error || !Object.isExtensible(error)) return
  const { future } = task
  const evidence: TaskEvidence = {
    taskId: task.id,
    app: task.app.name,
    attempt: task.attempt,
    executor: task.executor,
    runDir,
    stdout: pathOf(future.stdout),
    stderr: pathOf(future.stderr),
    history: task.more?.history ?? [],
  }
  Object.defineProperty(error, TASK, { value: evidence, configurable: true })
}

/** The evidence on an error, if it came from a task. */
export const evidenceOf = (error: unknown): TaskEvidence | undefined =>
  typeof error === 'object' && error !== null ? (error as { [TASK]?: TaskEvidence })[TASK] : undefined

const keep = async (plan: FilePlan, output: ExpectedOutput, future: DataFuture<unknown>): Promise<void> => {
  try {
    await transferOut(plan, output)
    future.fulfil(output.kind === 'glob' ? await globFiles(plan.output(output).file) : output.file)
  } catch (error) {
    future.fail(error)
  }
}

/** Settles the futures of the files of a task that ended well; those that need no I/O at once. Rejects never. */
export const keepOutputs = async (task: TaskRecord, plan: FilePlan): Promise<void> => {
  const slow: Promise<void>[] = []
  for (const [output, future] of task.more?.files?.outputs ?? []) {
    if (output.kind === 'glob' || plan.transferOut(output)) slow.push(keep(plan, output, future))
    else future.fulfil(output.file)
  }
  await Promise.all(slow)
}
