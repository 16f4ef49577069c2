import { stays } from '@parsl/interfaces'
import type { FailedAttempt, TaskRecord } from './task.js'

const TASK = Symbol.for('parsl.task')

/** What a failure says about its task: `error[Symbol.for('parsl.task')]`. */
export interface TaskEvidence {
  readonly taskId: number
  readonly app: string
  readonly attempt: number
  readonly executor: string | undefined
  /** Where the last try ran, as its executor says: a host, perhaps with a block and a worker. */
  readonly where: string | undefined
  readonly runDir: string
  readonly stdout: string | undefined
  readonly stderr: string | undefined
  /** Earlier tries, with their errors. */
  readonly history: readonly FailedAttempt[]
}

/** Where a try wrote a stream. */
const pathOf = (task: TaskRecord, stream: 'stdout' | 'stderr', attempt: number): string | undefined => {
  const target = task.more?.streams?.[stream].target(attempt)
  return typeof target === 'object' ? target.path : undefined
}

/** Where the newest try ran, or this one before the next is launched, and where its output is. */
export const evidenceOfTry = (
  task: TaskRecord,
  attempt: number,
): Pick<TaskEvidence, 'attempt' | 'executor' | 'where' | 'stdout' | 'stderr'> => ({
  attempt,
  executor: task.executor,
  where: task.where,
  stdout: pathOf(task, 'stdout', attempt),
  stderr: pathOf(task, 'stderr', attempt),
})

const takesEvidence = (error: unknown): error is object => {
  try {
    return typeof error === 'object' && error !== null && !(TASK in error) && Object.isExtensible(error)
  } catch {
    return false
  }
}

/** Puts the story of the task on its error, where that can be done and no inner task did before. */
export const annotate = (error: unknown, task: TaskRecord, runDir: string): void => {
  if (!takesEvidence(error)) return
  const evidence: TaskEvidence = {
    taskId: task.id,
    app: task.app.name,
    ...evidenceOfTry(task, task.attempt),
    runDir,
    history: task.more?.history ?? [],
  }
  Reflect.defineProperty(error, TASK, { value: evidence, configurable: true })
}

/** The evidence on an error, if it came from a task. */
export const evidenceOf = (error: unknown): TaskEvidence | undefined =>
  typeof error === 'object' && error !== null ? (error as { [TASK]?: TaskEvidence })[TASK] : undefined

stays("it tells what the program knows of a task; read error[Symbol.for('parsl.task')]", evidenceOf)
