import type { Inspector } from './inspector.js'
import type { LiveMember } from './namespaces.js'
import type { Plan } from './plan.js'

interface Handed {
  readonly from: object
  readonly key: string
}

/** `from[key]`, where these are the two variables of an accessor. */
const handedOn = (values: readonly unknown[]): Handed | undefined => {
  const from = values.find((value) => typeof value === 'object' && value !== null)
  const key = values.find((value) => typeof value === 'string')
  return values.length === 2 && from !== undefined && key !== undefined ? { from, key } : undefined
}

/**
 * Tools that bundle or make CommonJS export a variable as an accessor that reads it: `() => counter`, or
 * `() => from[key]` where one module hands on what another exports.
 */
export const createLiveMember = (inspector: Inspector, planOf: (fn: object) => Plan | undefined): LiveMember => {
  const valuesOf = (fn: object, { free }: Plan): unknown[] => {
    const { scopes } = inspector.inspect(fn)
    return free.map(({ name }) => scopes.find((scope) => Object.hasOwn(scope, name))?.[name])
  }
  const live: LiveMember = (namespace, key) => {
    const found = Reflect.getOwnPropertyDescriptor(namespace, key)
    const plan = found?.get && planOf(found.get)
    if (found?.get === undefined || plan === undefined) return undefined
    const [variable, ...others] = plan.free
    if (others.length === 0) return variable?.reassigned === true ? found : undefined
    const handed = handedOn(valuesOf(found.get, plan))
    return handed === undefined ? undefined : live(handed.from, handed.key)
  }
  return live
}
