import type { Executor, ExecutorCapabilities, ExecutorContext, RunningExecutor, TaskTry } from '@parsl/interfaces'
import { eventually } from '../fixture.js'

/** An executor that runs nothing: a test sees the tries it was given, and reports what it likes. */
export interface FakeExecutor extends Executor {
  /** Tries in order of submission, reported ones included. */
  readonly tries: readonly TaskTry[]
  readonly stops: readonly { readonly attempt: TaskTry; readonly reason: unknown }[]
  /** How often it was started and closed. */
  readonly life: readonly ('start' | 'close')[]
  readonly context: ExecutorContext
  /** The next try that nobody has asked for yet. */
  next(): Promise<TaskTry>
}

/** What a test may want otherwise. */
export interface FakeOptions {
  readonly label?: string
  readonly capabilities?: Partial<ExecutorCapabilities>
  /** What `load` answers. */
  readonly room?: { outstanding: number; slots: number }
  readonly running?: Partial<RunningExecutor>
  readonly staging?: Exclude<Executor['staging'], undefined>
  start?(): Promise<void>
}

const TRUTH: ExecutorCapabilities = {
  isolation: 'none',
  resources: [],
  priorities: false,
  capturesStreams: false,
  forcedStop: false,
}

export const fakeExecutor = (options: FakeOptions = {}): FakeExecutor => {
  const { label = 'fake', capabilities = {}, room = { outstanding: 0, slots: Infinity } } = options
  const tries: TaskTry[] = []
  const stops: { attempt: TaskTry; reason: unknown }[] = []
  const life: ('start' | 'close')[] = []
  let given: ExecutorContext | undefined
  let taken = 0
  const context = (): ExecutorContext => {
    if (given) return given
    throw new Error('the executor was not started')
  }
  const running: RunningExecutor = {
    submit: (attempt) => void tries.push(attempt),
    stop: (attempt, reason) => {
      stops.push({ attempt, reason })
      context().report.failed(attempt, reason, 'stopped')
    },
    load: () => room,
    close: async () => void life.push('close'),
    ...options.running,
  }
  const fake = {
    label,
    capabilities: { ...TRUTH, ...capabilities },
    ...(options.staging ? { staging: options.staging } : {}),
    start: async (newContext: ExecutorContext) => {
      life.push('start')
      given = newContext
      await options.start?.()
      return running
    },
    tries,
    stops,
    life,
    next: async () => {
      const index = taken++
      await eventually(() => tries.length > index)
      return tries[index] as TaskTry
    },
  }
  // Not enumerable, so that a test may print the executor before it was started.
  return Object.defineProperty(fake, 'context', { get: context }) as typeof fake & Pick<FakeExecutor, 'context'>
}
