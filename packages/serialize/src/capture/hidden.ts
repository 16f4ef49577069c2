import { types } from 'node:util'
import type { Inspector } from './inspector.js'
import type { TreeNode } from './tree.js'
import { childrenOf, isClass } from './tree.js'
import type { Plan } from './plan.js'

/** Classes of the language whose instances the walk over values knows by their brand. */
const plain = new Set<unknown>([
  Object, Array, Map, Set, Date, RegExp, Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError,
  AggregateError, ArrayBuffer, SharedArrayBuffer, DataView, Buffer, URL, URLSearchParams, Number, String, Boolean, Symbol,
  BigInt, Function, Object.getPrototypeOf(Int8Array), Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array,
  Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array, DOMException,
]) // prettier-ignore

const declaresPrivate = (node: TreeNode): boolean =>
  childrenOf(node['body'] as TreeNode).some(
    (member) => member['static'] !== true && (member['key'] as TreeNode | undefined)?.type === 'PrivateIdentifier',
  )

type Verdict = 'open' | 'hidden' | 'ask'

type Weak = WeakMap<object, unknown> | WeakSet<object>

const isWeak = (value: unknown): value is Weak => types.isWeakMap(value) || types.isWeakSet(value)

/** Compilers keep the private fields of a class in weak collections beside it. */
const createWeakState = (inspector: Inspector) => {
  const known = new WeakMap<object, readonly Weak[]>()
  return (made: object, instance: object): boolean => {
    const beside =
      known.get(made) ?? inspector.inspect(made).scopes.flatMap((scope) => Object.values(scope).filter(isWeak))
    known.set(made, beside)
    return beside.some((weak) => weak.has(instance))
  }
}

/** Tells instances that hold what cannot be read from outside. */
export const createHidden = (inspector: Inspector, planOf: (fn: object) => Plan | undefined) => {
  const hasWeakState = createWeakState(inspector)
  const verdicts = new WeakMap<object, Verdict>()

  const judge = (made: object): Verdict => {
    if (plain.has(made)) return 'open'
    const plan = planOf(made)
    // A class of the engine's may keep anything in slots; one of Node's or a package shows its private fields.
    if (plan === undefined) return inspector.inspect(made).location === undefined ? 'hidden' : 'ask'
    return isClass(plan.node) && declaresPrivate(plan.node) ? 'hidden' : 'open'
  }

  const verdictOn = (made: object): Verdict => {
    const verdict = verdicts.get(made) ?? judge(made)
    verdicts.set(made, verdict)
    return verdict
  }

  return (instance: object): boolean => {
    let ask = false
    let prototype = Object.getPrototypeOf(instance) as object | null
    for (; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
      const made: unknown = Reflect.getOwnPropertyDescriptor(prototype, 'constructor')?.value
      if (typeof made !== 'function') continue
      const verdict = verdictOn(made)
      if (verdict === 'hidden') return true
      if (verdict !== 'ask') continue
      if (hasWeakState(made, instance)) return true
      ask = true
    }
    return ask && inspector.privateNames(instance).length > 0
  }
}
