import { SerializationError } from '@parsl/interfaces'
import type { Variable } from 'eslint-scope'
import type { ScopeValues } from './inspector.js'
import type { FreeName } from './plan.js'

/** A variable that is assigned again, as an object that functions can share. */
export interface Cell {
  v: unknown
}

interface Seen {
  readonly scope: ScopeValues
  readonly cell: Cell
  readonly writes: boolean
}

/** Where there is no value yet there is nothing to tell them apart by. */
const sameValue = (key: string, a: ScopeValues, b: ScopeValues): boolean => {
  try {
    return Object.is(a[key], b[key])
  } catch {
    return true
  }
}

const sameValues = (a: ScopeValues, b: ScopeValues): boolean => {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => sameValue(key, a, b))
}

/** @throws a `SerializationError` while the declaration has not been reached: the engine's copy throws then. */
export const readVariable = (scope: ScopeValues, name: string, path: string): unknown => {
  try {
    return scope[name]
  } catch (error) {
    throw new SerializationError(`${path} › ${name}`, 'it has no value yet; submit after its declaration', {
      cause: error,
    })
  }
}

/**
 * The cells of one message. A variable of a module exists once. Variables of calls exist once per call, and the engine
 * does not say which functions come from the same call: where that would matter, they are refused.
 */
export const createCells = () => {
  const seen = new Map<Variable, Seen[]>()

  return ({ variable, name, writes, ofModule }: FreeName, scope: ScopeValues, path: string): Cell => {
    const others = seen.get(variable) ?? []
    const shared = ofModule ? others[0] : undefined
    if (shared !== undefined) return shared.cell
    const twin = others.find((other) => (other.writes || writes) && sameValues(other.scope, scope))
    if (twin !== undefined) {
      throw new SerializationError(
        `${path} › ${name}`,
        'two functions of this message may share this variable, which is assigned again, and nothing tells whether ' +
          `they do; keep it in an object (const state = { ${name} })`,
      )
    }
    const cell = { v: readVariable(scope, name, path) }
    seen.set(variable, [...others, { scope, cell, writes }])
    return cell
  }
}

export type Cells = ReturnType<typeof createCells>
