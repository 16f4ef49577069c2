import { join } from 'node:path'
import type { Guardian } from '@parsl/interfaces'
import { type OpenWorker, processes, type WorkerLink, type WorkerSetup } from '@parsl/worker'

/** What workers know of where they are, by their environment. */
export interface PlaceNames {
  readonly manager: string
  readonly block: string
  readonly size: number
}

const environmentOf = (rank: number, { manager, block, size }: PlaceNames): Record<string, string> => ({
  PARSL_WORKER_RANK: String(rank),
  PARSL_WORKER_COUNT: String(size),
  PARSL_WORKER_POOL_ID: manager,
  PARSL_WORKER_BLOCK_ID: block,
})

/** Gives each worker a rank, from 0 on, that no other has as long as it lives. */
const newRanks = (size: number) => {
  const taken = new Set<number>()
  let next = 0
  return {
    take: (): number => {
      for (let rank = 0; rank < size; rank++) if (!taken.has(rank)) return (taken.add(rank), rank)
      // One that cannot be ended still has its own.
      return next++ % size
    },
    giveBack: (rank: number): void => void taken.delete(rank),
  }
}

type Setup = Pick<WorkerSetup, 'program' | 'settings' | 'guardian'>

/**
 * Workers with a rank, which they know by their environment.
 * @param kind makes workers of one kind
 */
export const placed = (
  setup: Setup,
  names: PlaceNames,
  kind: (setup: Setup, serial: number) => OpenWorker,
): OpenWorker => {
  const ranks = newRanks(names.size)
  let serial = 0
  return (options, events): WorkerLink => {
    const rank = ranks.take()
    const mark: Guardian['mark'] = () => ({ ...setup.guardian.mark(), ...environmentOf(rank, names) })
    const open = kind({ ...setup, guardian: { ...setup.guardian, mark } }, serial++)
    return open(options, {
      message: events.message,
      gone: (end) => {
        ranks.giveBack(rank)
        events.gone(end)
      },
    })
  }
}

/** Workers that are processes. */
export const placedProcesses = (setup: Setup, names: PlaceNames, dir: string): OpenWorker =>
  placed(setup, names, (own, serial) => processes({ ...own, reportDir: join(dir, 'reports', String(serial)) }))
