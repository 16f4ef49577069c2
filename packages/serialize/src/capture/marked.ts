import { reasonItStays } from '@parsl/interfaces'
import { types } from 'node:util'
import { isObject } from '../is-object.js'
import type { ScopeValues } from './inspector.js'
import { namespaceSource, peek, usedMembers } from './namespaces.js'
import type { FreeName, Plan } from './plan.js'

interface Place {
  readonly plan: Plan
  readonly scopes: readonly ScopeValues[]
  readonly knowledge: { intrinsicName(value: unknown): string | undefined }
}

/** Whether a variable holds a marked value, or a module of which the function uses such values: the mark decides how those travel, and not the import. */
export const holdsMarked = (name: FreeName, { plan, scopes, knowledge }: Place): boolean => {
  const isMarked = (value: unknown): boolean =>
    isObject(value) &&
    !types.isProxy(value) &&
    (knowledge.intrinsicName(value) !== undefined || reasonItStays(value) !== undefined)
  const scope = scopes.find((values) => Object.hasOwn(values, name.name))
  const value = scope === undefined ? undefined : peek(scope, name.name)
  const isModule = types.isModuleNamespaceObject(value) || namespaceSource(name, plan, value) !== undefined
  if (!isModule) return isMarked(value)
  const module = value as object
  return usedMembers(name, plan, module).some((member) => isMarked(peek(module, member)))
}
