import type { DependencyResolver } from '@parsl/interfaces'
import { type Container, containerOf, eachInside, mapInside } from './containers.js'

type Visit = (object: object) => boolean
type Replace = Parameters<DependencyResolver['unwrap']>[1]

const gather = (value: unknown, visit: Visit): void => {
  if (typeof value !== 'object' || value === null) return
  if (visit(value)) return
  const first = containerOf(value)
  if (!first) return
  const seen = new Set<object>([first])
  const open: Container[] = [first]
  const enter = (inner: object): void => {
    if (visit(inner)) return
    const container = containerOf(inner)
    if (!container || seen.has(container)) return
    seen.add(container)
    open.push(container)
  }
  for (let next = open.pop(); next; next = open.pop()) eachInside(next, enter)
}

const unwrap = (value: unknown, replace: Replace): unknown => {
  const made = new Map<object, { readonly copy: Container; closed: boolean }>()
  const change = (inner: unknown): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner
    const replaced = replace(inner)
    if (replaced) return replaced.value
    const container = containerOf(inner)
    return container ? rebuild(container) : inner
  }
  const rebuild = (container: Container): Container => {
    const known = made.get(container)
    if (known) {
      known.closed = true
      return known.copy
    }
    let changed = false
    const copy = mapInside(
      container,
      (inner) => {
        const result = change(inner)
        changed ||= result !== inner
        return result
      },
      (fresh) => made.set(container, { copy: fresh, closed: false }),
    )
    if (changed || made.get(container)?.closed) return copy
    made.set(container, { copy: container, closed: false })
    return container
  }
  return change(value)
}

/** Futures and files at any depth of plain arrays, objects, `Map` and `Set`; in the order in which a reader meets the outer ones first. The default. */
export const deepResolver: DependencyResolver = { name: 'deep', gather, unwrap }
