import type { ExecutorReport, FailureKind, TaskTry } from '@parsl/interfaces'
import { eventually } from '../eventually.js'

/** How a try ended, as it was reported. */
export type End =
  | { readonly is: 'succeeded'; readonly value: unknown }
  | { readonly is: 'failed'; readonly error: unknown; readonly kind: FailureKind }

/** Remembers what an executor reports, and what is wrong with it. */
export interface Heard {
  readonly report: ExecutorReport
  /** Tries in the order in which they started. */
  readonly started: readonly TaskTry[]
  readonly ended: number
  /** Breaches of the contract so far. */
  readonly faults: readonly string[]
  /** From now on reports of this try are expected. */
  expect(attempt: TaskTry): void
  endOf(attempt: TaskTry): Promise<End>
}

const nameOf = ({ taskId, attempt }: TaskTry): string => `task ${taskId}, try ${attempt}`

export const newHeard = (guardMs: number): Heard => {
  const submitted = new Set<TaskTry>()
  const ends = new Map<TaskTry, End>()
  const started: TaskTry[] = []
  const faults: string[] = []
  const check = (attempt: TaskTry, what: string): void => {
    if (!submitted.has(attempt)) faults.push(`${nameOf(attempt)} ${what}: it is no object that was submitted`)
    if (ends.has(attempt)) faults.push(`${nameOf(attempt)} ${what} after its end was reported`)
  }
  const end = (attempt: TaskTry, how: End): void => {
    check(attempt, how.is)
    if (!ends.has(attempt)) ends.set(attempt, how)
  }
  return {
    started,
    faults,
    get ended() {
      return ends.size
    },
    expect: (attempt) => void submitted.add(attempt),
    endOf: async (attempt) => {
      await eventually(() => ends.has(attempt), {
        guardMs,
        state: () => ({
          waitingFor: nameOf(attempt),
          started: started.map(nameOf),
          ended: [...ends.keys()].map(nameOf),
        }),
      })
      return ends.get(attempt) as End
    },
    report: {
      started: (attempt, where) => {
        check(attempt, 'started')
        if (started.includes(attempt)) faults.push(`${nameOf(attempt)} started twice`)
        if (typeof where !== 'string' || where === '') faults.push(`${nameOf(attempt)} started nowhere`)
        started.push(attempt)
      },
      succeeded: (attempt, value) => {
        if (!started.includes(attempt)) faults.push(`${nameOf(attempt)} succeeded and had not started`)
        end(attempt, { is: 'succeeded', value })
      },
      failed: (attempt, error, kind) => end(attempt, { is: 'failed', error, kind }),
      broken: (error) => void faults.push(`the executor is broken: ${error.message}`),
    },
  }
}
