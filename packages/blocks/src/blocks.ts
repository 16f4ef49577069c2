import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Block, ConfigurationError, type JobId, type Scalable } from '@parsl/interfaces'
import { boundedCall } from './bounded-call.js'
import { type BlockErrorHandler, handlerOf } from './error-handlers.js'
import { complaintsAboutBlocks } from './options.js'
import { newPolling, type Polling } from './polling.js'
import { newReporter } from './report.js'
import { requestFor } from './request.js'
import type { BlocksSetup } from './setup.js'
import { type BlockRecord, type BlocksState, newState, viewsOf } from './state.js'
import { type BlocksCommand, type BlocksEvent, step } from './step.js'

const CALL_MS = 120_000
const CLOSE_MS = 10_000

/** The blocks of a running executor. */
export interface Blocks extends Scalable {
  /** The first worker of a block is there. Further calls for it do no harm. */
  connected(block: string): void
  /** Cancels every block. Resolves when none is left, or after a while with those of which it is not known. */
  close(): Promise<readonly Block[]>
}

type CommandOf<Type extends BlocksCommand['type']> = Extract<BlocksCommand, { type: Type }>

class RunningBlocks implements Blocks {
  readonly limits
  readonly #setup: BlocksSetup
  readonly #scriptDir: string
  readonly #state: BlocksState
  readonly #handler: BlockErrorHandler
  readonly #polling: Polling
  readonly #report: ReturnType<typeof newReporter>
  readonly #guards = new Map<string, () => void>()
  readonly #emptied: (() => void)[] = []
  #wake: { readonly at: number; readonly callOff: () => void } | undefined
  #closing: Promise<readonly Block[]> | undefined
  #isBroken = false

  constructor(setup: BlocksSetup, scriptDir: string) {
    const { provider, limits, context, random = Math.random } = setup
    this.limits = limits
    this.#setup = setup
    this.#scriptDir = scriptDir
    this.#state = newState(limits)
    this.#handler = handlerOf(setup.blockErrorHandler)
    this.#report = newReporter(setup)
    this.#polling = newPolling({
      provider,
      clock: context.clock,
      random,
      jobs: () => [...this.#state.live.values()].flatMap(({ job }) => job ?? []),
      answered: (statuses) => {
        this.#report.answered()
        this.#hear({ type: 'polled', statuses })
      },
      failed: (error) => {
        this.#report.pollFailed(error)
        this.#hear({ type: 'pollFailed', reason: error.message })
      },
    })
  }

  workersPerBlock(): number {
    return this.#setup.workersPerBlock()
  }

  status(): readonly Block[] {
    return viewsOf(this.#state, this.#setup.load())
  }

  scaleOut(count: number): number {
    const before = this.#state.nextId
    this.#hear({ type: 'asked', count })
    return this.#state.nextId - before
  }

  scaleIn(count: number, which?: { readonly idleMs: number }): number {
    const wanted = () => [...this.#state.live.values()].filter(({ unwanted }) => !unwanted).length
    const before = wanted()
    this.#hear({ type: 'tooMany', count, idleMs: which?.idleMs, loads: this.#setup.load() })
    return before - wanted()
  }

  connected(block: string): void {
    this.#hear({ type: 'connected', block })
  }

  close(): Promise<readonly Block[]> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<readonly Block[]> {
    const { context, provider, closeMs = 2 * provider.statusPeriodMs + CLOSE_MS } = this.#setup
    this.#hear({ type: 'closed' })
    this.#polling.hurry()
    const late = Promise.withResolvers<void>()
    const callOff = context.clock.after(closeMs, late.resolve, 'keepAlive')
    const gone = new Promise<void>((resolve) => this.#emptied.push(resolve))
    if (this.#state.live.size > 0) await Promise.race([gone, late.promise])
    callOff()
    this.#polling.stop()
    this.#wake?.callOff()
    const left = this.status().filter(({ id }) => this.#state.live.has(id))
    if (left.length > 0) this.#report.leftAtClose(left)
    return left
  }

  #hear(event: BlocksEvent): void {
    const { clock } = this.#setup.context
    for (const command of step(this.#state, event, clock.now())) this.#perform(command)
    this.#polling.jobsChanged()
    if (this.#state.live.size === 0) for (const resolve of this.#emptied.splice(0)) resolve()
  }

  #perform(command: BlocksCommand): void {
    switch (command.type) {
      case 'submit':
        return void this.#submit(command.block)
      case 'drain':
        return void this.#drain(command.blocks)
      case 'cancel':
        return void this.#cancel(command.blocks)
      case 'guard':
        return this.#guard(command)
      case 'changed':
        return this.#changed(command)
      case 'wake':
        return this.#wakeAt(command.at)
    }
  }

  async #submit(block: string): Promise<void> {
    const { provider, callMs = CALL_MS, context } = this.#setup
    // It was given up between the decision and now.
    if (this.#state.over) return this.#hear({ type: 'refused', block, reason: 'its executor takes no more blocks' })
    const late = (job: JobId): void => {
      this.#report.lateJob(block, job)
      void this.#cancelJobs([job]).catch((error: unknown) => this.#report.cancelFailed([block], error))
    }
    const what = `${provider.name}, asked for block ${block},`
    try {
      const request = () => requestFor(this.#setup, block, this.#scriptDir)
      const bound = { clock: context.clock, ms: callMs, what, late }
      const job = await boundedCall((call) => provider.submit(request(), call), bound)
      this.#hear({ type: 'submitted', block, job })
    } catch (error) {
      this.#report.refused(block, error)
      this.#hear({ type: 'refused', block, reason: error instanceof Error ? error.message : String(error) })
    }
  }

  async #drain(blocks: readonly string[]): Promise<void> {
    try {
      await this.#setup.drain(blocks)
    } catch (error) {
      this.#report.drainFailed(blocks, error)
    }
    this.#hear({ type: 'drained', blocks })
  }

  async #cancel(blocks: readonly string[]): Promise<void> {
    try {
      await this.#cancelJobs(blocks.flatMap((block) => this.#state.live.get(block)?.job ?? []))
    } catch (error) {
      this.#report.cancelFailed(blocks, error)
      this.#hear({ type: 'cancelFailed', blocks })
    }
  }

  #cancelJobs(jobs: readonly JobId[]): Promise<void> {
    const { provider, callMs = CALL_MS, context } = this.#setup
    const bound = { clock: context.clock, ms: callMs, what: `${provider.name}, asked to cancel ${jobs.join(', ')},` }
    return boundedCall((call) => provider.cancel(jobs, call), bound)
  }

  #guard({ block, job }: CommandOf<'guard'>): void {
    const { provider, context } = this.#setup
    this.#guards.set(block, context.guardian.command(provider.cancelCommand(job)))
  }

  #changed({ record, ended }: CommandOf<'changed'>): void {
    this.#report.changed(record)
    if (!ended) return
    this.#guards.get(record.id)?.()
    this.#guards.delete(record.id)
    this.#setup.onGone(record.id, record.status)
    this.#judge(record)
  }

  /** Has the error handler look, unless the block was to end. */
  #judge(record: BlockRecord): void {
    const { label } = this.#setup
    if (record.unwanted || this.#isBroken || this.#state.over) return
    try {
      const verdict = this.#handler(this.status(), { label, limits: this.limits })
      if (verdict === undefined) return
      this.#isBroken = true
      this.#hear({ type: 'closed' })
      this.#setup.onBroken(typeof verdict === 'string' ? new Error(verdict) : verdict)
    } catch (error) {
      this.#report.handlerFailed(error)
    }
  }

  #wakeAt(at: number): void {
    if (this.#wake?.at === at) return
    this.#wake?.callOff()
    const { clock } = this.#setup.context
    const wake = (): void => {
      this.#wake = undefined
      this.#hear({ type: 'woken' })
    }
    this.#wake = { at, callOff: clock.after(at - clock.now(), wake) }
  }
}

/**
 * Looks after the blocks of an executor: asks the provider for them, watches them, drains and ends them, and tells when they are gone. Nothing is
 * submitted before `scaleOut`.
 * @throws ConfigurationError `PARSL_CONFIG`, and what making the folder for scripts throws
 */
export const startBlocks = async (setup: BlocksSetup): Promise<Blocks> => {
  const { provider, limits: blocks, blockErrorHandler, label, context } = setup
  const complaints = complaintsAboutBlocks({ provider, blocks, blockErrorHandler }, label)
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  const scriptDir = join(context.dir, 'submit_scripts')
  await mkdir(scriptDir, { recursive: true })
  return new RunningBlocks(setup, scriptDir)
}
