import type { DataFile, Output, Shared } from '@parsl/data'
import type { AppFuture } from '../future/app-future.js'
import type { DataFuture } from '../future/data-future.js'
import type { AppOptions } from './options.js'

/** Values that are taken as they are: nothing inside them is looked into. */
type Opaque =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | URL
  | Error
  | ArrayBufferView
  | ArrayBufferLike
  | ((...args: never[]) => unknown)

/** What is given where a body takes a `DataFile`. */
type FileLike<T> = T extends DataFile ? DataFile | Output<'file' | 'directory' | 'glob'> : never

/** `T` itself where it is an object; but not where it has private parts, which no copy of its properties has. */
type Plain<T> = T extends object ? ({ [Key in keyof T]: T[Key] } extends T ? T : never) : never

type LiftInside<T> = T extends Opaque
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<Lift<K>, Lift<V>> | T
    : T extends ReadonlySet<infer V>
      ? ReadonlySet<Lift<V>> | T
      : T extends DataFile
        ? T
        : T extends readonly unknown[]
          ? LiftList<T>
          : T extends Plain<T>
            ? { readonly [Key in keyof T]: Lift<T[Key]> } | T
            : T

/**
 * Lists with items replaced. Where none has a place of its own, not as a mapped type: that of a list which holds itself (JSON) would never end, as would
 * this for `any`.
 */
type LiftList<T extends readonly unknown[]> = 0 extends 1 & T
  ? T
  : number extends T['length']
    ? T extends readonly [unknown, ...unknown[]]
      ? { readonly [Index in keyof T]: Lift<T[Index]> }
      : readonly Lift<T[number]>[]
    : { readonly [Index in keyof T]: Lift<T[Index]> }

/** What an argument of type `T` accepts: `T`, a promise of it, a shared `T`, or a container with such at any depth; a file or an output for a `DataFile`. */
export type Lift<T> = T | PromiseLike<T> | Shared<T> | FileLike<T> | LiftInside<T>

/** Arguments of a call. */
export type LiftAll<Args extends readonly unknown[]> = { [Index in keyof Args]: Lift<Args[Index]> }

type FutureOf<Kind> = Kind extends 'glob' ? DataFuture<DataFile[]> : DataFuture
/** Whether an object holds an output, looked for three levels down. */
type Holds<T, Depth extends readonly unknown[] = []> = Depth['length'] extends 3
  ? false
  : T extends Output<'file' | 'directory' | 'glob'>
    ? true
    : T extends Opaque | DataFile | PromiseLike<unknown>
      ? false
      : T extends ReadonlyMap<infer K, infer V>
        ? Holds<K | V, [...Depth, unknown]>
        : T extends ReadonlySet<infer V>
          ? Holds<V, [...Depth, unknown]>
          : T extends object
            ? Holds<T[keyof T], [...Depth, unknown]>
            : false
type OutputsIn<T> =
  T extends Output<infer Kind>
    ? [FutureOf<Kind>]
    : T extends readonly Output<infer Kind>[]
      ? number extends T['length']
        ? FutureOf<Kind>[]
        : OutputsOf<T>
      : true extends Holds<T>
        ? DataFuture<unknown>[]
        : []

/** The type of `future.outputs`: one `DataFuture` for each `output(...)` among the arguments. */
export type OutputsOf<Args extends readonly unknown[]> = number extends Args['length']
  ? DataFuture<unknown>[]
  : Args extends readonly [infer Head, ...infer Tail]
    ? [...OutputsIn<Head>, ...OutputsOf<Tail>]
    : []

/** What a body's result becomes: promises and futures resolved, the items of a generator as a list. */
export type ResultOf<R> = R extends AsyncGenerator<infer Item> | Generator<infer Item> ? Item[] : Awaited<R>

type JoinedInside<T> = T extends Opaque | DataFile
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? Map<Joined<K>, Joined<V>>
    : T extends ReadonlySet<infer V>
      ? Set<Joined<V>>
      : T extends Plain<T>
        ? { -readonly [Key in keyof T]: Joined<T[Key]> }
        : T

/** What a join body's result becomes: futures resolved at any depth. */
export type Joined<T> = T extends PromiseLike<infer Value> ? Joined<Value> : JoinedInside<T>

/** What `map` takes for an app with these parameters: nothing where one argument is not enough. */
type ItemOf<Args extends readonly unknown[]> = [Args[0]] extends Args ? Lift<Args[0]> : never

/** Options of {@link App.map}. */
export interface MapOptions {
  /** Calls that may be under way, or done and not yet taken, at once. @defaultValue 1000 */
  readonly inFlight?: number
}

/** A function made into an app: calling it submits a task and returns a future at once. */
export interface App<Args extends readonly unknown[], Result> {
  /**
   * Submits a task.
   * @throws NoDataFlowKernelError `PARSL_NO_KERNEL` where no kernel is loaded; every other error rejects the future
   */
  <const Given extends LiftAll<Args>>(...args: Given): AppFuture<Result, OutputsOf<Given>>
  readonly name: string
  /** The body. */
  readonly func: (...args: never[]) => unknown
  /** The options it was made with. */
  readonly options: AppOptions
  /** The same app with further options, for one call or many. @throws ConfigurationError `PARSL_CONFIG` */
  with(options: AppOptions): App<Args, Result>
  /**
   * Calls the app for each item, with a bounded number of calls under way, and gives the results in the order of the items.
   * A failed call throws at its place; leaving the loop early cancels what is under way.
   */
  map(
    items: Iterable<ItemOf<Args>> | AsyncIterable<ItemOf<Args>>,
    options?: MapOptions,
  ): AsyncGenerator<Result, void, undefined>
}
