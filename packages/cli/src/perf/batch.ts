import { setImmediate as nextTurn } from 'node:timers/promises'

/** What one batch took. */
export interface BatchResult {
  readonly tasks: number
  /** Spent in the calls themselves. */
  readonly submitSeconds: number
  /** From the first call to the last result. */
  readonly seconds: number
}

type Call = () => PromiseLike<unknown>

/** Calls made in one turn of the event loop. */
const A_TURN = 1_000
/** So many turns of calls are open at once, so that a batch of millions does not have to fit into memory. */
const OPEN_TURNS = 100

const settle = async (futures: readonly PromiseLike<unknown>[]): Promise<void> => {
  for (const future of futures) {
    const value = await future
    if (value !== 7) throw new Error(`a task gave ${String(value)} where its body returns 7`)
  }
}

/** Makes so many calls and waits for all of their results. */
export const runBatch = async (call: Call, tasks: number): Promise<BatchResult> => {
  const open: PromiseLike<unknown>[][] = []
  let submitMs = 0
  const settleFirst = async (): Promise<void> => {
    await settle(open[0] ?? [])
    open.shift()
  }
  const begin = performance.now()
  try {
    for (let left = tasks; left > 0; left -= A_TURN) {
      if (open.length === OPEN_TURNS) await settleFirst()
      const before = performance.now()
      open.push(Array.from({ length: Math.min(left, A_TURN) }, call))
      submitMs += performance.now() - before
      await nextTurn()
    }
    while (open.length > 0) await settleFirst()
  } catch (error) {
    // What fails one task fails them all, and saying it once is enough.
    void Promise.allSettled(open.flat())
    throw error
  }
  return { tasks, submitSeconds: submitMs / 1_000, seconds: (performance.now() - begin) / 1_000 }
}
