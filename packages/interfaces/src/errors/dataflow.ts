import { ParslError } from './parsl-error.js'

/** One failed future that a task needed. */
export interface DependencyFailure {
  /** `task 7 (align)`, `out.txt of task 7 (align)`, `a promise`. */
  readonly what: string
  readonly error: unknown
}

const rootOf = (
  failures: readonly DependencyFailure[],
): { readonly path: readonly string[]; readonly error: unknown } => {
  const path: string[] = []
  let level: readonly DependencyFailure[] = failures
  for (;;) {
    const [first] = level
    if (!first) return { path, error: undefined }
    path.push(level.length > 1 ? `${first.what} (+ others)` : first.what)
    const inner = failuresIn(first.error)
    if (!inner) return { path, error: first.error }
    level = inner
  }
}

const FAILURES = Symbol.for('parsl.failures')
const failuresIn = (error: unknown): readonly DependencyFailure[] | undefined =>
  typeof error === 'object' && error !== null && FAILURES in error
    ? (error as { [FAILURES]?: readonly DependencyFailure[] })[FAILURES]
    : undefined

const reason = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))

abstract class PropagatedException extends ParslError<{
  readonly taskId: number
  readonly failures: readonly DependencyFailure[]
}> {
  constructor(kind: string, taskId: number, failures: readonly DependencyFailure[]) {
    const root = rootOf(failures)
    super(
      `${kind} failure for task ${taskId}: ${root.path.join(' <- ')}: ${reason(root.error)}`,
      { taskId, failures },
      { cause: root.error },
    )
    Object.defineProperty(this, FAILURES, { value: failures })
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
