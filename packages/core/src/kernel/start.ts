import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type Clock,
  ConfigurationError,
  type Executor,
  type ExecutorContext,
  type MemoizerContext,
  type RunningMemoizer,
  type TaskState,
  type TaskTry,
} from '@parsl/interfaces'
import type { Settings } from '../config/validate.js'
import { openLog, type RunLog } from '../config/logging.js'
import { makeRunDir } from '../config/run-dir.js'
import { INTERNAL, type Registry } from '../executor/registry.js'
import type { StartedExecutor } from '../executor/started.js'
import { type KernelGuardian, newGuardian } from '../guardian/guardian.js'
import type { trackUsage } from '../life/usage-tracking.js'
import { newReporter, type Reporter } from '../report.js'
import { newScaling, type Scaling } from '../scaling/poller.js'
import { keepRecord, type KeptRecord } from '../runs/keep-record.js'
import type { Runner } from './runner.js'
import { Attempt } from './task.js'

/** What a kernel has around it, from its first moment to its last. */
export interface Surroundings {
  readonly runId: string
  readonly runDir: string
  readonly settings: Settings
  readonly clock: Clock
  readonly runLog: RunLog
  readonly guardian: KernelGuardian
  readonly reporter: Reporter
  readonly scaling: Scaling
  readonly memoizer: RunningMemoizer
  readonly record: KeptRecord
}

/** The memoizer comes before all that would have to be ended again: a checkpoint that cannot be read is found first. */
const startMemoizer = async (
  { memoizer }: Settings,
  context: Omit<MemoizerContext, 'baseDir' | 'log'>,
  { runLog, record }: Pick<Surroundings, 'runLog' | 'record'>,
): Promise<RunningMemoizer> => {
  try {
    return await memoizer.start({ ...context, baseDir: dirname(context.runDir), log: runLog.log })
  } catch (error) {
    await record.failed(error)
    await runLog.close()
    throw error
  }
}

/** @throws RunDirError `PARSL_RUN_DIR`, and what the memoizer's start throws */
export const surround = async (settings: Settings, clock: Clock): Promise<Surroundings> => {
  const runId = randomUUID()
  const runDir = await makeRunDir(settings.runDir)
  const runLog = openLog(settings.log, runDir)
  const record = await keepRecord({ runId, runDir, settings }, (err) =>
    runLog.log.error({ err }, 'run.json could not be written'),
  )
  const memoizer = await startMemoizer(settings, { runId, runDir, clock }, { runLog, record })
  const guardian = newGuardian({ runId, runDir, graceMs: settings.killGraceMs, policy: settings.onSubmitterLost })
  return {
    runId,
    runDir,
    settings,
    clock,
    runLog,
    guardian,
    reporter: newReporter(settings.monitoring, runLog.log),
    scaling: newScaling(settings, { clock, log: runLog.log }),
    memoizer,
    record,
  }
}

/** Starts one executor for a kernel whose runner hears its reports. */
const startExecutor = async (
  plugin: Executor,
  { runId, runDir, settings, clock, runLog, guardian }: Surroundings,
  runner: Runner,
): Promise<StartedExecutor> => {
  const dir = join(runDir, plugin.label)
  if (plugin.label !== INTERNAL) await mkdir(dir, { recursive: true })
  const started: Omit<StartedExecutor, 'running'> = { plugin, broken: undefined }
  const isOwn = (attempt: TaskTry): boolean => attempt instanceof Attempt && attempt.executor === started
  const broken = (error: Error): void => {
    started.broken = error
    runLog.log.error({ executor: plugin.label, err: error }, 'the executor cannot go on')
  }
  const context: ExecutorContext = {
    runId,
    dir,
    killGraceMs: settings.killGraceMs,
    report: { ...runner.reportWhere(isOwn), broken },
    clock,
    log: runLog.log,
    guardian,
    sinks: settings.monitoring,
  }
  return Object.assign(started, { running: await plugin.start(context) })
}

/** Starts executors together; where one cannot start, those that could are closed again. */
export const startExecutors = async (
  plugins: readonly Executor[],
  around: Surroundings,
  runner: Runner,
): Promise<StartedExecutor[]> => {
  const outcomes = await Promise.allSettled(plugins.map((plugin) => startExecutor(plugin, around, runner)))
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (!failed) return started
  await Promise.allSettled(started.map(({ running }) => running.close()))
  throw failed.reason
}

/** @throws ConfigurationError `PARSL_CONFIG` where the memoizer writes none */
export const checkpointNow = async ({ memoizer, settings }: Surroundings): Promise<number> => {
  if (memoizer.checkpoint) return memoizer.checkpoint()
  const name = settings.memoizer.name
  throw new ConfigurationError([
    `checkpoint() needs a memoizer that writes checkpoints, and this kernel's (${name}) writes none: give it a mode, as in basicMemoizer({ checkpointMode: 'manual' })`,
  ])
}

/** Closes everything that a kernel without tasks still has. Failures of single parts are logged: the rest is closed all the same. */
export const closeAround = async (
  around: Surroundings,
  registry: Registry,
  end: {
    readonly counts: Readonly<Record<TaskState, number>>
    readonly seconds: number
    readonly unawaited: number
    readonly endUsage: ReturnType<typeof trackUsage>
  },
): Promise<void> => {
  const { memoizer, runLog, reporter, guardian, record, runId, clock } = around
  const { counts, seconds, unawaited, endUsage } = end
  const logged = async (what: string, close: () => Promise<void> | undefined): Promise<void> => {
    try {
      await close()
    } catch (error) {
      runLog.log.error({ err: error }, `${what} could not be closed`)
    }
  }
  await logged('the memoizer', () => memoizer.close())
  await Promise.all(
    registry.everyone().map(({ plugin, running }) => logged(`executor ${plugin.label}`, () => running.close())),
  )
  reporter.event({ type: 'runEnded', at: clock.now(), runId, counts })
  await reporter.close()
  await logged('usage tracking', () => endUsage({ counts, seconds }))
  await logged('the guardian', () => guardian.close())
  await record.ended(counts, unawaited)
  runLog.log.info({ counts, seconds }, 'the kernel has ended')
  await runLog.close()
}
