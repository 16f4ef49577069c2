import { intrinsics } from '../marks.js'
import { ParslError } from './parsl-error.js'

/** One failed future that a task needed. */
export interface DependencyFailure {
  /** `task 7 (align)`, `out.txt of task 7 (align)`, `a promise`. */
  readonly what: string
  readonly error: unknown
}

/** The way from a failure down to its root, kept short: a chain may be as long as a program has tasks. */
interface Chain {
  readonly path: readonly string[]
  /** Steps left out after the first {@link HEAD}. */
  readonly skipped: number
  readonly root: unknown
}

const CHAIN = Symbol.for('parsl.chain')
const HEAD = 5
const LONGEST = 9

const chainIn = (error: unknown): Chain | undefined =>
  typeof error === 'object' && error !== null && CHAIN in error ? (error as { [CHAIN]?: Chain })[CHAIN] : undefined

const longer = ({ path, skipped, root }: Chain, step: string): Chain =>
  path.length < LONGEST
    ? { path: [step, ...path], skipped, root }
    : { path: [step, ...path.slice(0, HEAD - 1), ...path.slice(HEAD)], skipped: skipped + 1, root }

const chainOf = (failures: readonly DependencyFailure[]): Chain => {
  const [first] = failures
  if (!first) return { path: [], skipped: 0, root: undefined }
  const below = chainIn(first.error) ?? { path: [], skipped: 0, root: first.error }
  return longer(below, failures.length > 1 ? `${first.what} (+ others)` : first.what)
}

const shown = ({ path, skipped }: Chain): string =>
  (skipped === 0 ? path : path.toSpliced(HEAD, 0, `${skipped} more`)).join(' <- ')

/** A body may throw anything, things without text included. */
const reason = (error: unknown): string => {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  } catch {
    return `a value of type ${typeof error} that has no text`
  }
}

abstract class PropagatedException extends ParslError<{
  readonly taskId: number
  readonly failures: readonly DependencyFailure[]
}> {
  constructor(kind: string, taskId: number, failures: readonly DependencyFailure[]) {
    const chain = chainOf(failures)
    super(
      `${kind} failure for task ${taskId}: ${shown(chain)}: ${reason(chain.root)}`,
      { taskId, failures },
      { cause: chain.root },
    )
    Object.defineProperty(this, CHAIN, { value: chain })
  }
}

/** A future that the task needed failed; the task never ran. `cause` is the root of the chain. */
export class DependencyError extends PropagatedException {
  override readonly name = 'DependencyError'
  readonly code = 'PARSL_DATAFLOW_DEPENDENCY'

  constructor(taskId: number, failures: readonly DependencyFailure[]) {
    super('dependency', taskId, failures)
  }
}

/** Futures that a join app returned failed; all of them had ended by then. `cause` is the root of the first chain. */
export class JoinError extends PropagatedException {
  override readonly name = 'JoinError'
  readonly code = 'PARSL_DATAFLOW_JOIN'

  constructor(taskId: number, failures: readonly DependencyFailure[]) {
    super('join', taskId, failures)
  }
}

/** The task was cancelled: by `cancel()`, by a signal, or because its kernel closed. */
export class TaskCancelled extends ParslError<{ readonly app: string; readonly taskId: number }> {
  override readonly name = 'TaskCancelled'
  readonly code = 'PARSL_DATAFLOW_CANCELLED'

  constructor(details: { readonly app: string; readonly taskId: number }, why: string, options?: ErrorOptions) {
    super(`task ${details.taskId} (${details.app}) was cancelled: ${why}`, details, options)
  }
}

/** Tasks wait for each other in a circle. */
export class CyclicWait extends ParslError<{ readonly tasks: readonly number[] }> {
  override readonly name = 'CyclicWait'
  readonly code = 'PARSL_DATAFLOW_CYCLE'

  constructor(path: readonly { readonly id: number; readonly app: string }[]) {
    super(
      `tasks wait for each other in a circle: ${path.map(({ id, app }) => `task ${id} (${app})`).join(' waits for ')}`,
      { tasks: path.map(({ id }) => id) },
    )
  }
}

intrinsics('@parsl/interfaces', { DependencyError, JoinError, TaskCancelled, CyclicWait })
