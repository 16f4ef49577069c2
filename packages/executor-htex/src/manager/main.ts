// The manager of one node of a block: a process of its own.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isParslError, systemClock } from '@parsl/interfaces'
import { readManagerKeys } from '../keys.js'
import { packageVersion } from '../version.js'
import type { ManagerEvent } from './events.js'
import { exitCodes } from './exit-codes.js'
import { newKeeper } from './keeper.js'
import { openLink } from './link.js'
import { newLog, openLogFile, type TellLog } from './log.js'
import { newManager } from './manager.js'
import { parseOptions } from './options.js'
import { newAsk, probe, Unreachable } from './probe.js'
import { machineOf, type ManagerSettings, settingsOf } from './settings.js'
import { newManagerState } from './state.js'
import { openWorkers } from './workers.js'

/** What bodies say is for the kernel's log, which knows what it wants to hear. */
const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** Exit codes of processes that a signal ended begin here. */
const SIGNALLED = 128
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

type Dispatch = (event: ManagerEvent) => void

const heedSignals = (dispatch: Dispatch): void => {
  for (const [signal, n] of Object.entries(SIGNALS))
    process.on(signal, () => dispatch({ type: 'asked', why: `the manager got ${signal}`, exitCode: SIGNALLED + n }))
}

/** Whoever started us may go without a word. */
const heedParent = (dispatch: Dispatch): (() => void) => {
  const parent = process.ppid
  return () => {
    if (process.ppid !== parent)
      dispatch({ type: 'asked', why: 'the process that started the manager has gone', exitCode: exitCodes.done })
  }
}

const run = async (settings: ManagerSettings): Promise<void> => {
  const { identity, times, port } = settings
  const keys = settings.keysDir === undefined ? undefined : await readManagerKeys(settings.keysDir)
  const logFile = openLogFile(settings.logdir, identity.manager)
  const address = await probe(settings.addresses, newAsk({ port, keys, timeoutMs: settings.probeTimeoutMs }))
  const dir = await mkdtemp(join(tmpdir(), 'parsl-manager-'))
  const keeper = newKeeper(identity.manager, dir)
  const state = newManagerState({ identity, times, keepBytes: settings.keepBytes }, systemClock.now())
  const tellLog: TellLog = (level, facts, message) => {
    // Before it is registered, nobody knows whose words these are.
    if (state.phase !== 'opening' && state.phase !== 'over') link.say({ type: 'log', level, facts, message })
  }
  const log = newLog(logFile, tellLog)
  const bodies = newLog(logFile, tellLog, LOG_LEVELS)
  const later: Dispatch = (event) => dispatch(event)
  const link = openLink(
    { address, port, keys },
    {
      said: (message) => later({ type: 'said', message }),
      alive: () => later({ type: 'alive' }),
      forgotten: () => later({ type: 'forgotten' }),
      garbage: (why) => log.debug({ why }, 'something came that is no message'),
    },
  )
  const pool = await openWorkers({ settings, dir, log: bodies, guardian: keeper.guardian, tell: later })
  const exit = (exitCode: number, why: string): void => {
    link.close()
    if (exitCode !== exitCodes.done) process.stderr.write(`parsl manager ${identity.manager}: ${why}\n`)
    void keeper.close().finally(() => process.exit(exitCode))
  }
  const dispatch = newManager(state, { link, pool, clock: systemClock, log, exit })
  heedSignals(dispatch)
  const lookAtParent = settings.watchParent ? heedParent(dispatch) : () => {}
  setInterval(() => {
    lookAtParent()
    dispatch({ type: 'tick' })
  }, times.pollMs)
  dispatch({ type: 'opened' })
  log.info({ address, port, workers: settings.workers, pid: process.pid }, 'the manager has started')
}

const exitCodeOf = (error: unknown): number => {
  if (error instanceof Unreachable) return exitCodes.unreachable
  return isParslError(error, 'PARSL_CONFIG') ? exitCodes.settings : exitCodes.broken
}

const main = async (): Promise<void> => {
  process.title = 'parsl: HTEX manager'
  const place = { machine: machineOf(process.env), now: systemClock.now(), version: packageVersion() }
  await run(settingsOf(parseOptions(process.argv.slice(2)), place))
}

main().catch((error: unknown) => {
  const isKnown = error instanceof Unreachable || isParslError(error)
  process.stderr.write(`parsl manager: ${isKnown ? error.message : ((error as Error).stack ?? String(error))}\n`)
  process.exit(exitCodeOf(error))
})
