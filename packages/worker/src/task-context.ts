import { AsyncLocalStorage } from 'node:async_hooks'
import { intrinsics, type Logger, NotInTask, type ResourceSpec } from '@parsl/interfaces'

/** What a body may know and use of its own task. */
export interface TaskContext {
  readonly id: number
  readonly app: string
  /** 0 for the first try. */
  readonly attempt: number
  /** Aborted when the task is cancelled or its time is up; after a grace period the body is killed where that can be done. */
  readonly signal: AbortSignal
  /** When the walltime ends, as `Date`, where there is one. */
  readonly deadline: Date | undefined
  readonly resources: ResourceSpec
  readonly log: Logger
}

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

/** A task whose body can be called. */
export interface CallableTask extends TaskContext {
  /** The same for all tasks of one app. */
  readonly spec: object
  call(): unknown
}

/** What the continuations of one body, or of bodies that end within their call, find as their task. */
interface Slot {
  context: TaskContext | undefined
}

type RunIn = ReturnType<typeof AsyncLocalStorage.snapshot>

interface Contexts {
  readonly storage: AsyncLocalStorage<Slot>
  /** The surroundings of every body: those in which the first executor was started, whoever submits the task. */
  readonly outside: RunIn
  /** For bodies that end within their call. */
  shared: { readonly slot: Slot; readonly run: RunIn }
  /** Apps whose bodies end within their call, as far as was seen: whether they returned nothing but primitives. */
  readonly brief: WeakMap<object, boolean>
}

const KEY = Symbol.for('@parsl/task')
type Holder = { [KEY]?: Contexts }

const newShared = (storage: AsyncLocalStorage<Slot>): Contexts['shared'] => {
  const slot: Slot = { context: undefined }
  return { slot, run: storage.run(slot, () => AsyncLocalStorage.snapshot()) }
}

const newContexts = (): Contexts => {
  const storage = new AsyncLocalStorage<Slot>()
  return { storage, outside: AsyncLocalStorage.snapshot(), shared: newShared(storage), brief: new WeakMap() }
}

/** One for all copies of this package in a process; made where an executor starts. */
export const taskContexts = (): Contexts => ((globalThis as Holder)[KEY] ??= newContexts())

const callBody = (task: CallableTask): unknown => task.call()
const runAlone = (storage: AsyncLocalStorage<Slot>, context: CallableTask): unknown =>
  storage.run({ context }, callBody, context)

const mayLinger = (result: unknown): boolean => typeof result === 'object' && result !== null

const callShared = (task: CallableTask, all: Contexts): unknown => {
  const { slot, run } = all.shared
  slot.context = task
  try {
    const result = run(callBody, task)
    if (mayLinger(result)) {
      all.brief.set(task.spec, false)
      all.shared = all.outside(newShared, all.storage)
    } else slot.context = undefined
    return result
  } catch (error) {
    slot.context = undefined
    throw error
  }
}

/**
 * Calls the body of a task so that `task()` gives that task in it and in all that it starts. An asynchronous context of its own costs more than many a
 * body, so apps whose bodies return primitives share one. Where such an app's body returns an object after all (a promise, or something that may hold
 * one), the body keeps the context, and later bodies of the app get one each. (Only work that a body left behind unawaited and returned a primitive
 * finds no task any more, or after such a change of ways the task of another.)
 */
export const callWithin = (task: CallableTask): unknown => {
  const all = taskContexts()
  const isBrief = all.brief.get(task.spec)
  if (isBrief === true && all.shared.slot.context === undefined) return callShared(task, all)
  const result = all.outside(runAlone, all.storage, task)
  if (isBrief === undefined) all.brief.set(task.spec, !mayLinger(result))
  return result
}

/** The task whose body is running, if one is. */
export const currentTask = (): TaskContext | undefined => taskContexts().storage.getStore()?.context

/**
 * The task whose body is running.
 * @throws NotInTask `PARSL_APP_NO_TASK` outside a body
 */
export const task = (): TaskContext => {
  const context = currentTask()
  if (context) return context
  throw new NotInTask()
}

intrinsics('@parsl/worker', { task })
