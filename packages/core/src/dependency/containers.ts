import { isMap, isSet } from 'node:util/types'

/** Whether an object is a plain one (`{}` or without prototype), of any realm. */
const isPlain = (value: object): value is Record<PropertyKey, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    prototype === null ||
    prototype === Object.prototype ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf'))
  )
}

const ASSIGNED = { configurable: true, enumerable: true, writable: true }

/** Containers that are looked into; everything else is opaque. */
export type Container = unknown[] | Map<unknown, unknown> | Set<unknown> | Record<PropertyKey, unknown>

/** The container that an object is, if any. */
export const containerOf = (value: object): Container | undefined =>
  Array.isArray(value) || isPlain(value) || isMap(value) || isSet(value) ? (value as Container) : undefined

/** Calls `visit` with each object directly inside. */
export const eachInside = (container: Container, visit: (inner: object) => void): void => {
  const take = (inner: unknown): void => {
    if (typeof inner === 'object' && inner !== null) visit(inner)
  }
  if (Array.isArray(container)) {
    for (let index = 0; index < container.length; index++) take(container[index])
  } else if (isMap(container)) {
    container.forEach((inner, key) => {
      take(key)
      take(inner)
    })
  } else if (isSet(container)) {
    container.forEach(take)
  } else {
    for (const key of Object.keys(container)) take(container[key])
    for (const key of Object.getOwnPropertySymbols(container)) take(container[key])
  }
}

/** A container like this one, with each thing inside put through `change`. `into` is registered before anything inside is looked at, so circles close. */
export const mapInside = (
  container: Container,
  change: (inner: unknown) => unknown,
  register: (copy: Container) => void,
): Container => {
  if (Array.isArray(container)) {
    const copy: unknown[] = []
    register(copy)
    for (const inner of container) copy.push(change(inner))
    return copy
  }
  if (isMap(container)) {
    const copy = new Map<unknown, unknown>()
    register(copy)
    container.forEach((inner, key) => copy.set(change(key), change(inner)))
    return copy
  }
  if (isSet(container)) {
    const copy = new Set<unknown>()
    register(copy)
    container.forEach((inner) => copy.add(change(inner)))
    return copy
  }
  const copy = Object.create(Object.getPrototypeOf(container) as object | null) as Record<PropertyKey, unknown>
  register(copy)
  for (const key of Reflect.ownKeys(container)) {
    if (key === '__proto__') Object.defineProperty(copy, key, { ...ASSIGNED, value: change(container[key]) })
    else copy[key] = change(container[key])
  }
  return copy
}
