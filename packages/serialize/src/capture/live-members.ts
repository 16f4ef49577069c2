import type { Inspector } from './inspector.js'
import type { LiveMember } from './namespaces.js'
import type { Plan } from './plan.js'

/**
 * Tools that bundle or make CommonJS export a variable as an accessor that reads it: `() => counter`, or
 * `() => from[key]` where one module hands on what another exports.
 */
export const createLiveMember = (inspector: Inspector, planOf: (fn: object) => Plan | undefined): LiveMember => {
  const live: LiveMember = (namespace, key) => {
    const found = Reflect.getOwnPropertyDescriptor(namespace, key)
    const plan = found?.get === undefined ? undefined : planOf(found.get)
    if (found?.get === undefined || plan === undefined) return undefined
    const { scopes } = inspector.inspect(found.get)
    const values = plan.free.map(({ name }) => scopes.find((scope) => Object.hasOwn(scope, name))?.[name])
    const from = values.find((value) => typeof value === 'object' && value !== null)
    const handed = values.find((value) => typeof value === 'string')
    if (values.length === 2 && from !== undefined && handed !== undefined) return live(from, handed)
    return plan.free.length === 1 && plan.free[0]?.reassigned === true ? found : undefined
  }
  return live
}
