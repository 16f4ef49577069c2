import type { Duration } from '@parsl/interfaces'
import type { Lift, ResultOf } from '../app/types.js'

/** Where `map` takes arguments from. */
export type Items<T> = Iterable<Lift<T>> | AsyncIterable<Lift<T>>

/** Options of `map`, its last argument. */
export interface PoolMapOptions {
  /** How long it may take from the call until the last result is given. @defaultValue forever */
  readonly timeout?: Duration
  /** Calls that are made in one task, one after the other: more of them cost less each. @defaultValue 1 */
  readonly chunksize?: number
  /** Tasks that may be submitted, and whose results are not yet taken, at once. @defaultValue all are submitted at once */
  readonly buffersize?: number
}

type AllItems<Args extends readonly unknown[]> = { [Index in keyof Args]: Items<Args[Index]> }

/** Results in the order of the items. */
export type PoolResults<Result> = AsyncGenerator<ResultOf<Result>, void, undefined>

/** `map` of a pool. */
export interface PoolMap {
  <Item, Result>(fn: (item: Item) => Result, items: Items<Item>, options?: PoolMapOptions): PoolResults<Result>
  /** With one item of each source at a time, until the shortest of them has ended. */
  // oxlint-disable-next-line typescript/no-explicit-any -- `unknown[]` would turn defaulted parameters into `unknown`
  <Args extends any[], Result>(
    fn: (...args: Args) => Result,
    ...sources: [...AllItems<Required<Args>>, options?: PoolMapOptions]
  ): PoolResults<Result>
}
