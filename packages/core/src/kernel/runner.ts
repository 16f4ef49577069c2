import { type Clock, ExecutorError, type ExecutorReport, type FailureKind, type TaskTry } from '@parsl/interfaces'
import type { AppFuture } from '../future/app-future.js'
import type { LazyPromise } from '../future/lazy-promise.js'
import { judge, type RetryPolicy } from '../retry/policy.js'
import type { FilePlan } from '../staging/data-manager.js'
import type { Command } from './commands.js'
import type { KernelEvent } from './events.js'
import { circleOf } from './circle.js'
import { gatherJoined, valueOf } from './gather.js'
import { annotate, keepOutputs } from './outcome.js'
import { prepare, type Prepared, type Preparing } from './prepare.js'
import { type KernelState, type StateChange, unlink } from './state.js'
import { step } from './step.js'
import { moreOf, type Attempt, type TaskRecord } from './task.js'
import type { Unawaited } from './unawaited.js'

/** What the runner acts with. */
export interface Acting extends Preparing {
  readonly state: KernelState
  readonly clock: Clock
  readonly retry: RetryPolicy
  readonly unawaited: Unawaited
  /** A task has ended, and its future with it. */
  ended(task: TaskRecord): void
  changed(changes: readonly StateChange[]): void
}

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>
type Performers = { readonly [Type in Command['type']]: (command: CommandOf<Type>) => void }

const isPromise = (value: object): value is Promise<Prepared> =>
  typeof (value as { then?: unknown }).then === 'function'

/** Performs what `step` commands, and feeds the outcomes back as events. The only part of the kernel that acts. */
export class Runner {
  readonly #acting: Acting
  readonly #queue: KernelEvent[] = []
  #busy = false
  readonly #plans = new WeakMap<TaskRecord, FilePlan>()
  readonly #performers: Performers = {
    prepare: ({ task }) => this.#prepare(task),
    launch: ({ task, attempt }) => this.#executorOf(task).running.submit(attempt),
    stop: ({ task, attempt, error }) => this.#executorOf(task).running.stop(attempt, error),
    retryAfter: ({ task, delayMs }) => this.#retryAfter(task, delayMs),
    remember: ({ task, value }) => this.#remember(task, value),
    join: ({ task }) => this.#join(task),
    unwrapJoin: ({ task }) => this.#unwrapJoin(task),
    stopInner: ({ futures, error }) => this.#stopInner(futures, error),
    fulfil: ({ task, value }) => this.#fulfil(task, value),
    fail: ({ task, error }) => this.#fail(task, error),
  }

  constructor(acting: Acting) {
    this.#acting = acting
  }

  /** Has the state take in an event, and performs what follows. Within such a call, an event waits its turn. */
  readonly dispatch = (event: KernelEvent): void => {
    this.#queue.push(event)
    if (this.#busy) return
    this.#busy = true
    for (let index = 0; index < this.#queue.length; index++) this.#handle(this.#queue[index] as KernelEvent)
    this.#queue.length = 0
    this.#busy = false
  }

  /** What executors report to. */
  readonly report: Omit<ExecutorReport, 'broken'> = {
    started: (attempt) =>
      this.dispatch({ type: 'started', task: (attempt as Attempt).task, attempt: attempt as Attempt }),
    succeeded: (attempt, value) =>
      this.dispatch({ type: 'succeeded', task: (attempt as Attempt).task, attempt: attempt as Attempt, value }),
    failed: (attempt, error, kind) => this.#attemptFailed(attempt, error, kind),
  }

  /** Ends tasks whose executors did not report that they had stopped them. */
  abandon(tasks: readonly TaskRecord[]): void {
    for (const task of tasks)
      this.#giveUp(
        task,
        new ExecutorError(task.executor ?? 'of the kernel', `it did not report the end of task ${task.id}`),
      )
  }

  #handle(event: KernelEvent): void {
    const { state, clock, changed } = this.#acting
    try {
      const commands = step(state, event, clock.now())
      if (state.changes && state.changes.length > 0) changed(state.changes.splice(0))
      for (const command of commands) (this.#performers[command.type] as (command: Command) => void)(command)
    } catch (error) {
      this.#giveUp(event.task, error)
    }
  }

  /** A rule of ours was broken: the task ends with the evidence rather than never. */
  #giveUp(task: TaskRecord, error: unknown): void {
    this.#acting.log.error({ task: task.id, err: error }, 'the kernel failed on a task')
    if (task.future.isSettled) return
    unlink(this.#acting.state, task)
    task.future.end('failed')
    task.future.fail(error)
    this.#acting.ended(task)
  }

  #executorOf(task: TaskRecord) {
    return this.#acting.registry.of(task)
  }

  #prepare(task: TaskRecord): void {
    const refuse = (error: unknown): void => this.dispatch({ type: 'refused', task, error })
    try {
      const prepared = prepare(task, this.#acting)
      if (isPromise(prepared)) prepared.then((ready) => this.#launch(task, ready), refuse)
      else this.#launch(task, prepared)
    } catch (error) {
      refuse(error)
    }
  }

  #launch(task: TaskRecord, prepared: Prepared): void {
    if ('hit' in prepared) return this.dispatch({ type: 'recalled', task, hit: prepared.hit })
    if (prepared.plan) this.#plans.set(task, prepared.plan)
    this.dispatch({ type: 'prepared', task, attempt: prepared.attempt, executor: prepared.executor.plugin.label })
  }

  #attemptFailed(held: TaskTry, error: unknown, kind: FailureKind): void {
    const attempt = held as Attempt
    const { task } = attempt
    if (attempt !== task.current || kind !== 'body' || task.more?.stopping)
      return this.dispatch({ type: 'failed', task, attempt, error, kind, cost: 0, delayMs: 0 })
    try {
      this.dispatch({ type: 'failed', task, attempt, error, kind, ...judge(this.#acting.retry, error, task) })
    } catch (handlerError) {
      this.dispatch({ type: 'failed', task, attempt, error: handlerError, kind, cost: Infinity, delayMs: 0 })
    }
  }

  #retryAfter(task: TaskRecord, delayMs: number): void {
    const { clock, log } = this.#acting
    log.info(
      { task: task.id, app: task.app.name, attempt: task.attempt, delayMs },
      'the task failed and will be tried again',
    )
    const others = task.more?.release
    const callOff = clock.after(delayMs, () => this.dispatch({ type: 'retryDue', task }), 'keepAlive')
    moreOf(task).release = () => {
      callOff()
      others?.()
    }
  }

  #remember(task: TaskRecord, value: unknown): void {
    const { memoizer, log } = this.#acting
    const memoCall = task.more?.memoCall
    const remember = async (): Promise<void> => {
      try {
        if (memoCall) await memoizer?.record(memoCall, { ok: true, value })
      } catch (error) {
        log.warn({ task: task.id, app: task.app.name, err: error }, 'the result could not be remembered')
      }
      this.dispatch({ type: 'remembered', task, value })
    }
    void remember()
  }

  #join(task: TaskRecord): void {
    try {
      gatherJoined(task, { resolver: this.#acting.joins, dispatch: this.dispatch })
      const waited = task.more?.waitsFor ?? []
      this.dispatch({ type: 'joinFound', task, circle: waited.length > 0 ? circleOf(task, waited) : undefined })
    } catch (error) {
      this.dispatch({ type: 'refused', task, error })
    }
  }

  #unwrapJoin(task: TaskRecord): void {
    try {
      this.dispatch({
        type: 'joined',
        task,
        value: this.#acting.joins.unwrap(task.more?.joined, (object) => valueOf(task, object)),
      })
    } catch (error) {
      this.dispatch({ type: 'refused', task, error })
    }
  }

  #stopInner(futures: readonly LazyPromise<unknown>[], error: unknown): void {
    for (const future of futures) (future as Partial<AppFuture<unknown>>).cancel?.(error)
  }

  #fulfil(task: TaskRecord, value: unknown): void {
    const { future } = task
    future.end(task.state)
    future.fulfil(value)
    const plan = this.#plans.get(task)
    if (plan) void keepOutputs(task, plan)
    this.#acting.ended(task)
  }

  #fail(task: TaskRecord, error: unknown): void {
    const { log, runDir, unawaited, memoizer } = this.#acting
    const { future } = task
    const memoCall = task.more?.memoCall
    if (memoCall)
      memoizer
        ?.record(memoCall, { ok: false, error })
        .catch((err: unknown) => log.warn({ task: task.id, err }, 'the failure could not be remembered'))
    annotate(error, task, runDir)
    log.warn(
      { task: task.id, app: task.app.name, state: task.state, attempt: task.attempt, err: error },
      'the task failed',
    )
    future.end(task.state)
    if (!future.isObserved) unawaited.add(task.id, { task: future.description, error })
    future.fail(error)
    for (const output of task.more?.files?.outputs.values() ?? []) output.fail(error)
    this.#acting.ended(task)
  }
}
