import { intrinsics } from '@parsl/interfaces'
import type { StoppableBody } from './place.js'
import { listed } from './run-body.js'
import { isThenable, task } from './task-context.js'

const CALLS = Symbol.for('parsl.calls')

/** What an error says of the calls before the one that failed. */
interface Before {
  readonly values: readonly unknown[]
  /** Given where the error stands for what was thrown, which takes no note itself. */
  readonly thrown?: { readonly value: unknown }
}

const takesNote = (thrown: unknown): thrown is object =>
  typeof thrown === 'object' && thrown !== null && !Object.hasOwn(thrown, CALLS) && Object.isExtensible(thrown)

const noted = (thrown: unknown, values: readonly unknown[]): object => {
  const [error, before]: [object, Before] = takesNote(thrown)
    ? [thrown, { values }]
    : [new Error('one of several calls failed', { cause: thrown }), { values, thrown: { value: thrown } }]
  return Object.defineProperty(error, CALLS, { value: before, configurable: true })
}

/**
 * Calls a function with the first items of some lists, then with the second, and so on, one call after the other; gives the values in order. The first
 * failure ends it; `failureOfCalls` tells the values before it. To be bound to the function, and called as a body.
 */
export const callEach = async (
  fn: (...args: never[]) => unknown,
  ...lists: readonly (readonly unknown[])[]
): Promise<unknown[]> => {
  // What runs a body is what its task() gives.
  const body = task() as unknown as StoppableBody
  const values: unknown[] = []
  const count = lists[0]?.length ?? 0
  try {
    for (let index = 0; index < count; index++) {
      const result = listed(fn(...(lists.map((list) => list[index]) as never[])), body)
      if (isThenable(result)) {
        values.push(await result)
        body.throwIfStopped()
      } else values.push(result)
    }
    return values
  } catch (error) {
    throw noted(error, values)
  }
}

/** What made `callEach` fail, and the values of the calls before, if they are known. */
export const failureOfCalls = (error: unknown): { readonly error: unknown; readonly values: readonly unknown[] } => {
  if (typeof error !== 'object' || error === null) return { error, values: [] }
  const before = Reflect.getOwnPropertyDescriptor(error, CALLS)?.value as Before | undefined
  if (before === undefined) return { error, values: [] }
  Reflect.deleteProperty(error, CALLS)
  return { error: before.thrown ? before.thrown.value : error, values: before.values }
}

intrinsics('@parsl/worker', { callEach })
