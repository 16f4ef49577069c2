import type { AppFuture } from '../future/app-future.js'

/**
 * Gives futures in the order in which they end, failed ones included: `for await (const future of asCompleted(futures)) { ... await future ... }`.
 * A future that was given is let go of.
 */
export const asCompleted = <T, Outputs extends readonly unknown[]>(
  futures: Iterable<AppFuture<T, Outputs>>,
): AsyncIterableIterator<AppFuture<T, Outputs>> => {
  const done: (AppFuture<T, Outputs> | undefined)[] = []
  let wake = (): void => {}
  let left = 0
  let given = 0
  for (const future of futures) {
    left++
    const ended = (): void => {
      done.push(future)
      wake()
    }
    if (future.isSettled) ended()
    else future.watch(ended)
  }
  // Not an async generator: those await what they yield, and a future is a promise.
  const next = async (): Promise<IteratorResult<AppFuture<T, Outputs>, undefined>> => {
    if (left === 0) return { done: true, value: undefined }
    left--
    if (done.length === given) await new Promise<void>((resolve) => (wake = resolve))
    const value = done[given] as AppFuture<T, Outputs>
    done[given++] = undefined
    return { done: false, value }
  }
  return iterable(next)
}

const iterable = <T>(next: () => Promise<IteratorResult<T, undefined>>): AsyncIterableIterator<T> => ({
  next,
  [Symbol.asyncIterator]: () => iterable(next),
})
