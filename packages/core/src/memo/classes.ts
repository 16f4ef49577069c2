import type { MemoCall } from '@parsl/interfaces'
import type { AnyFunction, Functions } from '@parsl/serialize'
import { isShared, valueOfShared } from '@parsl/worker'
import type { CallKey } from './key.js'

/** Gives a class by its identity. */
export type FindClass = (identity: string) => AnyFunction | undefined

/**
 * Finds the classes of the user's files that a call reaches: those of its body, and those of what it is given. Most results hold none, so nothing is
 * searched before one is asked for.
 */
export const newClasses = (functions: Functions) => {
  const reachedBy = (fn: AnyFunction, name: string): Iterable<[string, AnyFunction]> => {
    try {
      return functions.anatomyOf(fn, { name }).classes
    } catch {
      // What has no identity was counted as a version, or as a function of its class says.
      return []
    }
  }
  const given = (args: readonly unknown[]): readonly AnyFunction[] => {
    const met = new Set<AnyFunction>()
    const standIn = (value: object) => (isShared(value) ? { value: valueOfShared(value) } : undefined)
    for (const value of args) {
      try {
        functions.identityOf(value, { standIn, met: (fn) => met.add(fn) })
      } catch {
        // As above.
      }
    }
    return [...met]
  }
  return ({ body, app, args }: MemoCall, { anatomy }: CallKey): FindClass => {
    let ofBody = anatomy?.classes
    let ofArguments: ReadonlyMap<string, AnyFunction> | undefined
    return (identity) => {
      ofBody ??= new Map(reachedBy(body, app))
      const found = ofBody.get(identity)
      if (found) return found
      ofArguments ??= new Map(given(args).flatMap((fn) => [...reachedBy(fn, app)]))
      return ofArguments.get(identity)
    }
  }
}
