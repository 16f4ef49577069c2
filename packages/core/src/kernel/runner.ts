import {
  type Clock,
  type DependencyResolver,
  ExecutorError,
  type ExecutorReport,
  FINAL_STATES,
  isParslError,
  type FailureKind,
  type Logger,
  type MemoHit,
  type TaskTry,
} from '@parsl/interfaces'
import type { AppFuture } from '../future/app-future.js'
import { DataFuture } from '../future/data-future.js'
import type { LazyPromise } from '../future/lazy-promise.js'
import { judge, type RetryPolicy } from '../retry/policy.js'
import type { Command } from './commands.js'
import type { EventOf, KernelEvent } from './events.js'
import { circleOf } from './circle.js'
import { gatherJoined, valueOf } from './gather.js'
import { type Keeping, newKeeping } from './keeping.js'
import { annotate, evidenceOfTry } from './outcome.js'
import { prepare, type Prepared, type Preparing } from './prepare.js'
import type { KernelState, StateChange } from './state.js'
import { step } from './step.js'
import { abandon } from './transitions.js'
import { moreOf, Attempt, type TaskRecord } from './task.js'
import type { Unawaited } from './unawaited.js'

/** What the runner acts with. */
export interface Acting extends Preparing {
  readonly log: Logger
  /** For what join bodies return. */
  readonly joins: DependencyResolver
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

/** The future of the task that one waits for by waiting for this one. */
const ownerOf = (future: LazyPromise<unknown>): AppFuture<unknown, readonly unknown[]> =>
  future instanceof DataFuture ? future.parent : (future as AppFuture<unknown>)

/** Stopped on request, or for want of something that was: no news to whoever asked for it. */
const isCancelled = (error: unknown): boolean =>
  isParslError(error, 'PARSL_DATAFLOW_CANCELLED') ||
  (isParslError(error, 'PARSL_DATAFLOW') && isParslError(error.cause, 'PARSL_DATAFLOW_CANCELLED'))

/** Performs what `step` commands, and feeds the outcomes back as events. The only part of the kernel that acts. */
export class Runner {
  readonly #acting: Acting
  readonly #queue: KernelEvent[] = []
  #busy = false
  readonly #performers: Performers = {
    prepare: ({ task }) => this.#prepare(task),
    launch: ({ attempt }) => attempt.executor.running.submit(attempt),
    stop: ({ attempt, error }) => attempt.executor.running.stop(attempt, error),
    retryAfter: ({ task, delayMs }) => this.#retryAfter(task, delayMs),
    remember: ({ task, value }) => this.#remember(task, value),
    join: ({ task }) => this.#join(task),
    unwrapJoin: ({ task }) => this.#unwrapJoin(task),
    fulfil: ({ task, value }) => this.#fulfil(task, value),
    fail: ({ task, error, inner }) => {
      this.#fail(task, error)
      for (const future of inner ?? []) ownerOf(future).cancel(error)
    },
  }

  readonly keeping: Keeping

  constructor(acting: Acting) {
    this.#acting = acting
    this.keeping = newKeeping((future, error) => {
      acting.log.error(
        { task: future.taskId, url: future.url, err: error },
        'the file could not be brought to its place',
      )
      if (!future.isObserved) acting.unawaited.add(future, { task: future.description, error })
    })
  }

  /** Has the state take in an event, and performs what follows. Within such a call, an event waits its turn. */
  readonly dispatch = (event: KernelEvent): void => {
    if (this.#busy) return void this.#queue.push(event)
    this.#busy = true
    this.#handle(event)
    if (this.#queue.length > 0) {
      for (let index = 0; index < this.#queue.length; index++) this.#handle(this.#queue[index] as KernelEvent)
      this.#queue.length = 0
    }
    this.#busy = false
  }

  /** What an executor reports to. A try that is not its own, or none at all, is dropped and counted. */
  reportWhere(isOwn: (attempt: TaskTry) => boolean): Omit<ExecutorReport, 'broken'> {
    const drop = (): void => void this.#acting.state.dropped++
    return {
      started: (held, where) => {
        if (!isOwn(held)) return drop()
        const attempt = held as Attempt
        this.dispatch({ type: 'started', task: attempt.task, attempt, where })
      },
      succeeded: (held, value) => {
        if (!isOwn(held)) return drop()
        const attempt = held as Attempt
        this.dispatch({ type: 'succeeded', task: attempt.task, attempt, value })
      },
      failed: (held, error, kind) => (isOwn(held) ? this.#attemptFailed(held as Attempt, error, kind) : drop()),
    }
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
    const { state, clock } = this.#acting
    try {
      const command = step(state, event, state.changes ? clock.now() : 0)
      this.#tellChanges()
      if (event.type === 'failed' && (command?.type === 'prepare' || command?.type === 'retryAfter'))
        this.#tellOfRetry(event)
      if (command) (this.#performers[command.type] as (command: Command) => void)(command)
    } catch (error) {
      this.#giveUp(event.task, error)
    }
  }

  #tellChanges(): void {
    const { state, changed } = this.#acting
    if (state.changes && state.changes.length > 0) changed(state.changes.splice(0))
  }

  /** A rule of ours was broken: the task ends with the evidence rather than never. */
  #giveUp(task: TaskRecord, error: unknown): void {
    this.#acting.log.error({ task: task.id, err: error }, 'the kernel failed on a task')
    if (task.future.isSettled) return
    if (!FINAL_STATES.has(task.state)) abandon(this.#acting.state, task)
    this.#tellChanges()
    this.#fail(task, error)
  }

  #prepare(task: TaskRecord): void {
    const refuse = (error: unknown): void => this.dispatch({ type: 'refused', task, error })
    try {
      const prepared = prepare(task, this.#acting)
      if (prepared instanceof Promise) prepared.then((ready) => this.#launch(task, ready), refuse)
      else this.#launch(task, prepared)
    } catch (error) {
      refuse(error)
    }
  }

  #launch(task: TaskRecord, prepared: Prepared): void {
    // It was stopped while it was looked up: the memoizer must hear that no result will come.
    if (task.future.isSettled) void this.#record(task, { ok: false, error: task.future.failure?.error })
    else if (prepared instanceof Attempt) this.dispatch({ type: 'prepared', task, attempt: prepared })
    else this.dispatch({ type: 'recalled', task, hit: prepared.hit })
  }

  #attemptFailed(attempt: Attempt, error: unknown, kind: FailureKind): void {
    const { task } = attempt
    if (attempt !== task.current || kind !== 'body' || task.more?.stopping)
      return this.dispatch({ type: 'failed', task, attempt, error, kind, cost: 0, delayMs: 0 })
    try {
      this.dispatch({ type: 'failed', task, attempt, error, kind, ...judge(this.#acting.retry, error, task) })
    } catch (handlerError) {
      this.dispatch({ type: 'failed', task, attempt, error: handlerError, kind, cost: Infinity, delayMs: 0 })
    }
  }

  #tellOfRetry({ task, attempt: { attempt }, error, delayMs }: EventOf<'failed'>): void {
    this.#acting.log.info(
      { task: task.id, app: task.app.name, ...evidenceOfTry(task, attempt), delayMs, err: error },
      'the task failed and will be tried again',
    )
  }

  #retryAfter(task: TaskRecord, delayMs: number): void {
    const { clock } = this.#acting
    const others = task.more?.release
    const callOff = clock.after(delayMs, () => this.dispatch({ type: 'retryDue', task }), 'keepAlive')
    moreOf(task).release = () => {
      callOff()
      others?.()
    }
  }

  /** Tells the memoizer, once, how a call ended that it did not know. Rejects never. */
  async #record(task: TaskRecord, outcome: MemoHit): Promise<void> {
    const { memoizer, log } = this.#acting
    const memoCall = task.more?.memoCall
    if (!memoCall) return
    moreOf(task).memoCall = undefined
    try {
      await memoizer.record(memoCall, outcome)
    } catch (error) {
      log.warn({ task: task.id, app: task.app.name, err: error }, 'the outcome could not be remembered')
    }
  }

  #remember(task: TaskRecord, value: unknown): void {
    void this.#record(task, { ok: true, value }).then(() => this.dispatch({ type: 'remembered', task, value }))
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

  #fulfil(task: TaskRecord, value: unknown): void {
    const { future } = task
    future.end(task.state)
    future.fulfil(value)
    const plan = task.more?.plan
    if (plan) this.keeping.keep(task, plan)
    this.#acting.ended(task)
  }

  #fail(task: TaskRecord, error: unknown): void {
    const { log, runDir, unawaited } = this.#acting
    const { future } = task
    void this.#record(task, { ok: false, error })
    annotate(error, task, runDir)
    log.warn(
      { task: task.id, app: task.app.name, state: task.state, ...evidenceOfTry(task, task.attempt), err: error },
      'the task failed',
    )
    future.end(task.state)
    if (!future.isObserved && !isCancelled(error)) unawaited.add(future, { task: future.description, error })
    future.fail(error)
    for (const output of task.more?.files?.outputs.values() ?? []) output.fail(error)
    this.#acting.ended(task)
  }
}
