import type { DependencyResolver } from '@parsl/interfaces'

/** Only arguments that are futures or files themselves, and items of arguments that are arrays: Parsl's rule. */
export const shallowResolver: DependencyResolver = {
  name: 'shallow',
  gather: (value, visit) => {
    if (typeof value !== 'object' || value === null || visit(value) || !Array.isArray(value)) return
    for (const item of value as unknown[]) if (typeof item === 'object' && item !== null) visit(item)
  },
  unwrap: (value, replace) => {
    const one = (item: unknown): unknown => {
      const replaced = typeof item === 'object' && item !== null ? replace(item) : undefined
      return replaced ? replaced.value : item
    }
    const direct = one(value)
    if (direct !== value || !Array.isArray(value)) return direct
    const items = (value as unknown[]).map(one)
    return items.some((item, index) => item !== (value as unknown[])[index]) ? items : value
  },
}
