import {
  BadStateException,
  ConfigurationError,
  didYouMean,
  type Executor,
  InternalConsistencyError,
  InvalidResourceSpecification,
  UnknownExecutor,
  UnsupportedFeatureError,
} from '@parsl/interfaces'
import type { TaskRecord } from '../kernel/task.js'
import type { StartedExecutor } from './started.js'

/** The label of the kernel's own executor, which runs joins and picks. */
export const INTERNAL = '_parsl_internal'

/** The executors of a kernel by label, and the choice among them. */
export interface Registry {
  readonly labels: readonly string[]
  add(executor: StartedExecutor): void
  /** Those that the user gave. */
  all(): readonly StartedExecutor[]
  /** Those, and the kernel's own. */
  everyone(): readonly StartedExecutor[]
  /** @throws UnknownExecutor, InvalidResourceSpecification, UnsupportedFeatureError, BadStateException */
  pick(task: TaskRecord): StartedExecutor
}

const missingKeys = (task: TaskRecord, { capabilities }: Executor): readonly string[] =>
  task.app.needs.filter((key) => !capabilities.resources.includes(key))

const cannotCapture = (task: TaskRecord, { capabilities }: Executor): boolean =>
  task.app.kind === 'js' && task.more?.streams !== undefined && !capabilities.capturesStreams

/** Why an executor cannot take a task, if so. */
const objection = (task: TaskRecord, { plugin, broken }: StartedExecutor): Error | undefined => {
  if (broken) return new BadStateException(plugin.label, { cause: broken })
  const keys = missingKeys(task, plugin)
  if (keys.length > 0)
    return new InvalidResourceSpecification(
      plugin.label,
      keys,
      `it understands ${plugin.capabilities.resources.join(', ') || 'none'}`,
    )
  if (cannotCapture(task, plugin)) {
    return new UnsupportedFeatureError(
      plugin.label,
      'standard streams of its own for a JavaScript body',
      'leave out stdout and stderr, or use an executor whose workers are processes or threads',
    )
  }
  return undefined
}

/** On a further try another executor than the last first; then the one with the most room; then the one with the fewest tasks. */
const roomiest = (candidates: readonly StartedExecutor[], last: string | undefined): StartedExecutor | undefined =>
  candidates
    .map((executor) => {
      const { outstanding, slots } = executor.running.load()
      const load = slots > 0 ? outstanding / slots : Infinity
      return { executor, outstanding, load, again: executor.plugin.label === last ? 1 : 0 }
    })
    .sort((a, b) => a.again - b.again || a.load - b.load || a.outstanding - b.outstanding)[0]?.executor

const choose = (candidates: readonly StartedExecutor[], task: TaskRecord): StartedExecutor => {
  const [first] = candidates
  if (!first) {
    throw new ConfigurationError(['this kernel has no executor: give some in the configuration, or call addExecutors'])
  }
  const complaint = objection(task, first)
  if (candidates.length === 1 && !complaint) return first
  const chosen = roomiest(
    candidates.filter((executor) => !objection(task, executor)),
    task.executor,
  )
  if (chosen) return chosen
  throw complaint as Error
}

export const newRegistry = (): Registry => {
  let internal: StartedExecutor | undefined
  const byLabel = new Map<string, StartedExecutor>()
  let all: readonly StartedExecutor[] = []
  const named = (label: string): StartedExecutor => {
    const executor = byLabel.get(label)
    if (executor) return executor
    throw new UnknownExecutor(label, [...byLabel.keys()], didYouMean(label, byLabel.keys()))
  }
  const own = (): StartedExecutor => {
    if (internal) return internal
    throw new InternalConsistencyError('the kernel has not started its own executor')
  }
  return {
    get labels() {
      return [...byLabel.keys()]
    },
    add: (executor) => {
      const { label } = executor.plugin
      if (label === INTERNAL) {
        internal = executor
        return
      }
      if (byLabel.has(label)) throw new ConfigurationError([`two executors are labelled ${JSON.stringify(label)}`])
      byLabel.set(label, executor)
      all = [...byLabel.values()]
    },
    all: () => all,
    everyone: () => (internal ? [...all, internal] : all),
    pick: (task) => (task.app.internal ? own() : choose(task.app.executors?.map(named) ?? all, task)),
  }
}
