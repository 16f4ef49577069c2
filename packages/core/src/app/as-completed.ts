import { stays } from '@parsl/interfaces'
import type { AppFuture } from '../future/app-future.js'
import type { Settlement } from '../future/lazy-promise.js'

type AnyFuture = AppFuture<unknown, readonly unknown[]>
type ValueOf<Future> = Future extends AppFuture<infer Value, readonly unknown[]> ? Value : never

/** A future that has ended, and how. (Not the bare future: `for await` would await it.) */
export type Completed<Future extends AnyFuture> = { readonly future: Future } & Settlement<ValueOf<Future>>

const completed = <Future extends AnyFuture>(future: Future): Completed<Future> => {
  future.look()
  const { failure } = future
  const settlement = failure ? { ok: false, error: failure.error } : { ok: true, value: future.currentValue }
  return { future, ...settlement } as Completed<Future>
}

/**
 * Gives futures in the order in which they end, failed ones included, with their values or errors:
 * `for await (const { future, ok, value } of asCompleted(futures))`. A future that was given is let go of.
 */
export async function* asCompleted<Future extends AnyFuture>(
  futures: Iterable<Future>,
): AsyncGenerator<Completed<Future>, void, undefined> {
  const done: (Future | undefined)[] = []
  let wake = (): void => {}
  let count = 0
  for (const future of futures) {
    count++
    const ended = (): void => {
      done.push(future)
      wake()
    }
    if (future.isSettled) ended()
    else future.watch(ended)
  }
  for (let given = 0; given < count; given++) {
    if (done.length === given) await new Promise<void>((resolve) => (wake = resolve))
    const next = done[given] as Future
    done[given] = undefined
    yield completed(next)
  }
}

stays('it takes futures, which stay in the program; pass those as arguments', asCompleted)
