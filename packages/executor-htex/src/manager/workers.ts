import { type Guardian, type Logger, systemClock } from '@parsl/interfaces'
import { writeWorkerProgram } from '@parsl/worker'
import type { PoolEvent } from './events.js'
import { newTaskPool, type TaskPool } from './pool.js'
import type { ManagerSettings } from './settings.js'
import { openThreadHost } from './thread-host.js'
import { placedProcesses } from './worker-places.js'

/** What workers of a manager need. */
export interface WorkersSetup {
  readonly settings: ManagerSettings
  /** The manager's own folder. */
  readonly dir: string
  readonly log: Logger
  readonly guardian: Guardian
  readonly tell: (event: PoolEvent) => void
}

/** Tries of short apps that may be sent to a worker before its present one has ended. They can be taken back. */
const DEPTH = 32

/** What one worker keeps of code and other parts. */
const KEEP_BYTES = 64 * 2 ** 20

/** Starts the workers of a manager. */
export const openWorkers = async ({ settings, dir, log, guardian, tell }: WorkersSetup): Promise<TaskPool> => {
  const { workers: size, heapMb, identity, times } = settings
  const program = await writeWorkerProgram(dir)
  const names = { manager: identity.manager, block: identity.block, size }
  const worker = { killGraceMs: times.killGraceMs, keepBytes: KEEP_BYTES }
  if (settings.workerKind === 'threads')
    return openThreadHost({ size, heapMb, names, worker, program, log, guardian, tell })
  const open = placedProcesses({ program, settings: worker, guardian }, names, dir)

  return newTaskPool({
    size,
    heapMb,
    depth: DEPTH,
    workerName: 'worker',
    open,
    clock: systemClock,
    log,
    guardian,
    tell,
  })
}
