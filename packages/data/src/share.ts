declare const SHARED: unique symbol

/** A value that is encoded once and sent once to each node, however many tasks take it. An argument of type `T` accepts it. */
export interface Shared<T> extends AsyncDisposable {
  /** Compile-time mark only. */
  readonly [SHARED]: T
}
