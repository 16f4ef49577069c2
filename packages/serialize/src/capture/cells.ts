import { SerializationError } from '@parsl/interfaces'
import type { AnyFunction } from '../functions.js'
import { scopeOf } from './bindings.js'
import type { Inspected, ScopeValues } from './inspector.js'
import { placeOfVariable } from './module-tree.js'
import type { FreeName } from './plan.js'

/** A variable that is assigned again, as an object that functions can share. */
export interface Cell {
  v: unknown
}

/** A cell, and where its variable is read. */
export interface SeenCell {
  readonly name: FreeName
  /** A function that closes over it. */
  readonly fn: AnyFunction
  readonly path: string
  readonly scope: ScopeValues
  readonly cell: Cell
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

/** What a cell holds now. */
export const valueOf = ({ scope, name, path }: SeenCell): unknown => readVariable(scope, name.name, path)

/** The same cells with what their variables hold at present. */
export const readAgain = (seen: readonly SeenCell[], inspect: (fn: AnyFunction) => Inspected): SeenCell[] => {
  const scopes = new Map(seen.map(({ fn }) => [fn, inspect(fn).scopes]))
  return seen.map((one) => ({ ...one, scope: scopeOf(scopes.get(one.fn) ?? [], one.name, one.path) }))
}

const twins = (a: Omit<SeenCell, 'cell'>, b: Omit<SeenCell, 'cell'>): boolean =>
  (a.name.writes || b.name.writes) && sameValues(a.scope, b.scope)

/**
 * The cells of one message. A variable of a module exists once. Variables of calls exist once per call, and the engine
 * does not say which functions come from the same call: where that would matter, they are refused.
 *
 * @param when whether a cell has its value from the start, or gets it `later`
 */
export const createCells = (when: 'now' | 'later', before: readonly SeenCell[] = []) => {
  const all = [...before]
  const byVariable = Map.groupBy(before, ({ name }) => placeOfVariable(name.variable))

  const make = (wanted: Omit<SeenCell, 'cell'>): SeenCell => {
    const seen = { ...wanted, cell: { v: undefined as unknown } }
    if (when === 'now') seen.cell.v = valueOf(seen)
    all.push(seen)
    return seen
  }

  const of = (wanted: Omit<SeenCell, 'cell'>): Cell => {
    const { name, path } = wanted
    const place = placeOfVariable(name.variable)
    const others = byVariable.get(place) ?? []
    if (name.ofModule && others[0] !== undefined) return others[0].cell
    if (others.some((other) => twins(other, wanted))) {
      throw new SerializationError(
        `${path} › ${name.name}`,
        'two functions of this message may share this variable, which is assigned again, and nothing tells whether ' +
          `they do; keep it in an object (const state = { ${name.name} })`,
      )
    }
    const seen = make(wanted)
    byVariable.set(place, others)
    others.push(seen)
    return seen.cell
  }
  return { of, all: all as readonly SeenCell[] }
}

export type Cells = ReturnType<typeof createCells>
