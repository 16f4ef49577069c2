import { special } from '../capture/code.js'

type Values = Readonly<Record<PropertyKey, unknown>>

const copyProperties = (target: object, from: unknown): void => {
  if (from !== undefined) Object.defineProperties(target, Object.getOwnPropertyDescriptors(from as object))
}

const link = (fn: object, captured: Values, isClass: boolean): void => {
  const prototype: unknown = Reflect.getOwnPropertyDescriptor(fn, 'prototype')?.value
  if (Object.hasOwn(captured, special.parent)) {
    const parent = captured[special.parent] as { prototype: object } | null
    if (parent !== null) Object.setPrototypeOf(fn, parent)
    else Object.setPrototypeOf(fn, Function.prototype)
    if (isClass && typeof prototype === 'object')
      Object.setPrototypeOf(prototype, parent === null ? null : parent.prototype)
  }
  if (typeof prototype !== 'object' || prototype === null) return
  if (Object.hasOwn(captured, special.prototypeParent)) {
    Object.setPrototypeOf(prototype, captured[special.prototypeParent] as object | null)
  }
  copyProperties(prototype, captured[special.prototype])
}

/** Gives a function or class what its source does not make: superclass, own properties, members added later. */
export const fillMembers = (
  fn: object,
  captured: Values,
  { properties, isClass }: { properties: unknown; isClass: boolean },
): void => {
  link(fn, captured, isClass)
  copyProperties(fn, properties)
  if (captured[special.lock] === 'frozen') Object.freeze(fn)
  else if (captured[special.lock] !== undefined) Object.preventExtensions(fn)
}
