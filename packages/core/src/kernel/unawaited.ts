import { textOf } from './text.js'

/** A failure that nobody has looked at. */
export interface UnawaitedFailure {
  readonly task: string
  readonly error: unknown
}

const KEPT = 1_000

/** Failures that nobody awaited, for the report at close; the first thousand in full, the rest counted. */
export interface Unawaited {
  add(future: object, failure: UnawaitedFailure): void
  /** Somebody looked after all. */
  remove(future: object): void
  list(): readonly UnawaitedFailure[]
  count(): number
}

export const newUnawaited = (): Unawaited => {
  const kept = new Map<object, UnawaitedFailure>()
  const counted = new WeakSet<object>()
  let beyond = 0
  return {
    add: (future, failure) => {
      if (kept.size < KEPT) kept.set(future, failure)
      else {
        counted.add(future)
        beyond++
      }
    },
    remove: (future) => {
      if (!kept.delete(future) && counted.delete(future)) beyond--
    },
    list: () => [...kept.values()],
    count: () => kept.size + beyond,
  }
}

const SHOWN = 5
/** A body may throw what does not let itself be looked at. */
const oneLine = (error: unknown): string => {
  try {
    return (error instanceof Error ? `${error.name}: ${error.message}` : textOf(error)).split('\n', 1)[0] ?? ''
  } catch {
    return 'an error that cannot be read'
  }
}

/** The report for people, or `undefined` where there is nothing to say. */
export const unawaitedReport = (unawaited: Unawaited, logFile: string | undefined): string | undefined => {
  const count = unawaited.count()
  if (count === 0) return undefined
  const lines = unawaited
    .list()
    .slice(0, SHOWN)
    .map(({ task, error }) => `  ${task}: ${oneLine(error)}`)
  const more = count > SHOWN ? [`  and ${count - SHOWN} more`] : []
  const log = logFile === undefined ? [] : [`  log: ${logFile}`]
  return [
    `parsl: ${count} ${count === 1 ? 'task' : 'tasks'} failed and nobody awaited ${count === 1 ? 'it' : 'them'}:`,
    ...lines,
    ...more,
    ...log,
    '',
  ].join('\n')
}
