import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, type Executor, type ExecutorContext, systemClock, type TaskState } from '@parsl/interfaces'
import type { Settings } from '../config/validate.js'
import { openLog, type RunLog } from '../config/logging.js'
import { makeRunDir } from '../config/run-dir.js'
import { INTERNAL, type Registry, type StartedExecutor } from '../executor/registry.js'
import { type KernelGuardian, newGuardian } from '../guardian/guardian.js'
import type { trackUsage } from '../life/usage-tracking.js'
import { newReporter, type Reporter } from '../report.js'
import type { Runner } from './runner.js'

/** What a kernel has around it, from its first moment to its last. */
export interface Surroundings {
  readonly runId: string
  readonly runDir: string
  readonly settings: Settings
  readonly clock: Clock
  readonly runLog: RunLog
  readonly guardian: KernelGuardian
  readonly reporter: Reporter
}

/** @throws RunDirError `PARSL_RUN_DIR` */
export const surround = async (settings: Settings): Promise<Surroundings> => {
  const runId = randomUUID()
  const runDir = await makeRunDir(settings.runDir)
  const runLog = openLog(settings.log, runDir)
  const guardian = newGuardian({ runId, runDir, graceMs: settings.killGraceMs, policy: settings.onSubmitterLost })
  return {
    runId,
    runDir,
    settings,
    clock: systemClock,
    runLog,
    guardian,
    reporter: newReporter(settings.monitoring, runLog.log),
  }
}

/** Starts one executor for a kernel whose runner hears its reports. */
export const startExecutor = async (
  plugin: Executor,
  { runId, runDir, settings, clock, runLog, guardian }: Surroundings,
  runner: Runner,
): Promise<StartedExecutor> => {
  const dir = join(runDir, plugin.label)
  if (plugin.label !== INTERNAL) await mkdir(dir, { recursive: true })
  const broken = (error: Error): void => {
    started.broken = error
    runLog.log.error({ executor: plugin.label, err: error }, 'the executor cannot go on')
  }
  const context: ExecutorContext = {
    runId,
    dir,
    killGraceMs: settings.killGraceMs,
    report: { ...runner.report, broken },
    clock,
    log: runLog.log,
    guardian,
    sinks: settings.monitoring,
  }
  const started: { plugin: Executor; running: StartedExecutor['running']; broken: Error | undefined } = {
    plugin,
    running: await plugin.start(context),
    broken: undefined,
  }
  return started
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

/** Closes everything that a kernel without tasks still has. Failures of single parts are logged: the rest is closed all the same. */
export const closeAround = async (
  around: Surroundings,
  registry: Registry,
  end: {
    readonly counts: Readonly<Record<TaskState, number>>
    readonly seconds: number
    readonly endUsage: ReturnType<typeof trackUsage>
  },
): Promise<void> => {
  const { settings, runLog, reporter, guardian, runId, clock } = around
  const { counts, seconds, endUsage } = end
  const logged = async (what: string, closing: Promise<void> | undefined): Promise<void> => {
    try {
      await closing
    } catch (error) {
      runLog.log.error({ err: error }, `${what} could not be closed`)
    }
  }
  await logged('the memoizer', settings.memoizer?.close())
  await Promise.all(
    registry.everyone().map(({ plugin, running }) => logged(`executor ${plugin.label}`, running.close())),
  )
  reporter.event({ type: 'runEnded', at: clock.now(), runId, counts })
  await reporter.close()
  await logged('usage tracking', endUsage({ counts, seconds }))
  await logged('the guardian', guardian.close())
  runLog.log.info({ counts, seconds }, 'the kernel has ended')
  await runLog.close()
}
