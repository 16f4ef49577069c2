/**
 * Finds futures and files in the arguments of a call, and puts values in their places.
 * @experimental
 */
export interface DependencyResolver {
  readonly name: string
  /** Calls `visit` for each object it looks at; where that answers `true` the object is a future or a file, and is not looked into. Changes nothing. */
  gather(value: unknown, visit: (object: object) => boolean): void
  /** A copy of `value` in which each object that `replace` answers for stands replaced, or `value` itself where none was. `replace` answers `undefined` for all others. */
  unwrap(value: unknown, replace: (object: object) => { readonly value: unknown } | undefined): unknown
}
