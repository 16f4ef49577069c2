import { type Blocks, startBlocks } from '@parsl/blocks'
import {
  BadStateException,
  type ExecutorContext,
  ExecutorError,
  InterchangeLost,
  type JobStatus,
  type Provider,
  type RunningExecutor,
  type Scalable,
  type TaskTry,
} from '@parsl/interfaces'
import { newHolding, newPacker, programFunctions } from '@parsl/worker'
import type { HtexSettings } from '../settings.js'
import type { ManagerView, ToProgram } from '../wire/messages.js'
import { Census } from './census.js'
import type { InterchangeEnd } from './interchange-process.js'
import type { Interchange } from './open-interchange.js'
import { Outbox } from './outbox.js'
import { newQuestions } from './questions.js'
import { newResults, type Results } from './results.js'
import { newResourceCheck, workersPerNode } from './resources.js'
import { newSubmitting, type Submitting } from './submitting.js'
import { newTries } from './tries.js'

/** A high-throughput executor that runs. */
export interface RunningHtex extends RunningExecutor {
  readonly scaling: Scalable
  /** Resolves when it is asked to close. */
  readonly closed: Promise<void>
  connectedManagers(): Promise<readonly ManagerView[]>
  connectedBlocks(): readonly string[]
  hold(block: string): void
}

/** What is there once an executor is started. */
export interface HtexParts {
  readonly context: ExecutorContext
  readonly settings: HtexSettings
  readonly provider: Provider
  /** Opens the way to managers. */
  readonly open: (events: {
    message(message: ToProgram): void
    lost(end: InterchangeEnd): void
  }) => Promise<Interchange>
  /** The command of a block's managers, which connect to this port. */
  readonly commandFor: (port: number, block: string) => string
  /** Removes what was made for the run. */
  readonly tidy: () => Promise<void>
}

type MessageOf<Type extends ToProgram['type']> = Extract<ToProgram, { type: Type }>
type Hearing = { readonly [Type in ToProgram['type']]: (message: MessageOf<Type>) => void }

/** A block may have as many workers as its nodes, which is not known before they connect. */
const SOME_WORKERS = 1

class HighThroughput implements RunningHtex {
  readonly #parts: HtexParts
  readonly #census
  readonly #tries
  readonly #results: Results
  readonly #submitting: Submitting
  readonly #outbox = new Outbox((messages) => this.#interchange?.send(messages))
  readonly #questions = newQuestions((n) => this.#outbox.say({ type: 'ask', n, what: 'managers' }))
  readonly #holding
  readonly #mayRun: (attempt: TaskTry) => void
  #interchange: Interchange | undefined
  #blocks: Blocks | undefined
  /** Why it takes nothing more. */
  #unfit: Error | undefined
  #closing: Promise<void> | undefined
  readonly #closed = Promise.withResolvers<void>()

  readonly #hearing: Hearing = {
    hello: () => {},
    starts: ({ host, block, starts }) => {
      for (const { id, worker } of starts) this.#began(id, block, `${host}/${this.#label}/block ${block}/${worker}`)
    },
    results: ({ results }) => {
      for (const result of results) this.#results.ended(result)
    },
    losses: ({ losses }) => {
      for (const loss of losses) this.#results.lost(loss)
    },
    stopped: ({ ids }) => {
      for (const id of ids) this.#results.stopped(id)
    },
    wants: ({ parts }) => this.#submitting.resend(this.#tries.parts(parts)),
    joined: (manager) => {
      this.#census.joined(manager)
      this.#blocks?.connected(manager.block)
    },
    left: ({ manager, block, why }) => {
      this.#census.left(manager, block)
      this.#parts.context.log.info({ executor: this.#label, manager, block, why }, 'a manager has left')
    },
    answer: ({ n, managers }) => this.#questions.answered(n, managers),
    log: ({ level, facts, message }) => this.#parts.context.log[level]({ executor: this.#label, ...facts }, message),
  }

  constructor(parts: HtexParts) {
    const { context, settings, provider } = parts
    const { clock, guardian, killGraceMs, report } = context
    const functions = programFunctions()
    this.#parts = parts
    const census = new Census(() => clock.now())
    this.#census = census
    this.#tries = newTries(({ block }) => census.ended(block))
    this.#holding = newHolding(clock, (isHeld) => this.#interchange?.hold(isHeld))
    this.#mayRun = newResourceCheck(settings, provider)
    this.#results = newResults({ executor: settings.label, functions, tries: this.#tries, report })
    const pack = newPacker(functions, guardian, { sharesMemory: false })
    this.#submitting = newSubmitting({ settings, killGraceMs, outbox: this.#outbox, pack })
  }

  get #label(): string {
    return this.#parts.settings.label
  }

  get scaling(): Scalable {
    return this.#blocks as Blocks
  }

  get closed(): Promise<void> {
    return this.#closed.promise
  }

  async open(): Promise<void> {
    const { open, context, settings, provider, commandFor } = this.#parts
    const interchange = await open({ message: (message) => this.#hear(message), lost: (end) => this.#lost(end) })
    this.#interchange = interchange
    interchange.hold(false)
    this.#blocks = await startBlocks({
      label: settings.label,
      provider,
      limits: settings.blocks,
      blockErrorHandler: settings.blockErrorHandler,
      context,
      commandFor: (block) => commandFor(interchange.port, block),
      workersPerBlock: () => this.#workersPerBlock(),
      load: () => this.#census.loads(),
      drain: (blocks) => this.#drain(blocks),
      onGone: (block, status) => this.#blockGone(block, status),
      onBroken: (error) => this.#broken(new BadStateException(this.#label, { cause: error })),
    })
    // While managers start.
    programFunctions().warmUp()
  }

  submit(attempt: TaskTry): void {
    const { report } = this.#parts.context
    if (this.#unfit) return report.failed(attempt, this.#unfit, 'lost')
    try {
      this.#mayRun(attempt)
      this.#tries.add(this.#submitting.submit(attempt, this.#tries.nextId()))
      this.#settle()
    } catch (error) {
      report.failed(attempt, error, 'body')
    }
  }

  stop(attempt: TaskTry, reason: unknown): void {
    const sent = this.#tries.of(attempt)
    if (!sent || sent.stop) return
    sent.stop = { reason }
    if (this.#outbox.takeBack(sent.id)) return this.#results.stopped(sent.id)
    this.#outbox.say({ type: 'stop', id: sent.id, reason: String(reason) })
  }

  load(): { readonly outstanding: number; readonly slots: number } {
    const { blocks } = this.#parts.settings
    const { slots } = this.#census
    // Before the first manager connects: what was asked for.
    return {
      outstanding: this.#tries.size,
      slots: slots > 0 ? slots : this.#workersPerBlock() * Math.max(1, blocks.init),
    }
  }

  connectedBlocks(): readonly string[] {
    return this.#census.blocks
  }

  async connectedManagers(): Promise<readonly ManagerView[]> {
    if (this.#unfit) throw this.#unfit
    const answer = this.#questions.ask()
    this.#settle()
    try {
      return await answer
    } finally {
      this.#settle()
    }
  }

  hold(block: string): void {
    this.#outbox.say({ type: 'hold', blocks: [block], drain: false })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { context, tidy } = this.#parts
    this.#closed.resolve()
    this.#unfit ??= new ExecutorError(this.#label, 'it is closed')
    this.#fail(this.#unfit)
    const blocks = this.#blocks?.close()
    await this.#interchange?.end()
    await blocks
    await tidy()
    const { strays } = this.#tries
    if (strays > 0)
      context.log.debug({ executor: this.#label, strays }, 'reports about tasks that had ended were dropped')
  }

  #workersPerBlock(): number {
    const { settings, provider } = this.#parts
    const known = workersPerNode(settings, provider)
    return (Number.isFinite(known) ? Math.max(SOME_WORKERS, known) : SOME_WORKERS) * provider.nodesPerBlock
  }

  #hear(message: ToProgram): void {
    ;(this.#hearing[message.type] as (message: ToProgram) => void)(message)
    this.#settle()
  }

  #began(id: number, block: string, where: string): void {
    const sent = this.#tries.named(id)
    if (!sent) return
    sent.block = block
    this.#census.began(block)
    this.#parts.context.report.started(sent.attempt, where)
  }

  async #drain(blocks: readonly string[]): Promise<void> {
    this.#outbox.say({ type: 'hold', blocks, drain: true })
    await this.#census.emptied(blocks)
  }

  #blockGone(block: string, { state, message }: JobStatus): void {
    const evidence = `the job of its block has ended (${message === undefined ? state : `${state}: ${message}`})`
    this.#outbox.say({ type: 'blocksGone', blocks: [block], evidence })
  }

  #lost({ exitCode, signal, evidence }: InterchangeEnd): void {
    const error = new InterchangeLost({ executor: this.#label, exitCode, signal }, evidence)
    this.#broken(error)
    // Nobody tells their managers any more to end.
    void this.#blocks?.close()
  }

  #broken(error: Error): void {
    if (this.#unfit) return
    this.#unfit = error
    this.#fail(error)
    this.#parts.context.report.broken(error)
    this.#settle()
  }

  /** Every task that has not ended, and every question. */
  #fail(error: Error): void {
    this.#results.allFail(error, 'lost')
    this.#questions.fail(error)
  }

  /** The program waits as long as there is something to hear. */
  #settle(): void {
    this.#holding.need(this.#tries.size > 0 || this.#questions.size > 0)
  }
}

/** Starts the processes of an executor but for its managers: these come with its blocks, for which the kernel asks. */
export const startHtex = async (parts: HtexParts): Promise<RunningHtex> => {
  const running = new HighThroughput(parts)
  try {
    await running.open()
  } catch (error) {
    await running.close()
    throw error
  }
  return running
}
