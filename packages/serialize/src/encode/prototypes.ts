import { types } from 'node:util'

const ownConstructor = (prototype: object): unknown => {
  if (types.isProxy(prototype)) return undefined
  return Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
}

/** The class whose instances have this prototype. */
export const classOf = (prototype: object): (new (...args: never[]) => object) | undefined => {
  const made = ownConstructor(prototype)
  if (typeof made !== 'function' || types.isProxy(made)) return undefined
  return Object.getOwnPropertyDescriptor(made, 'prototype')?.value === prototype
    ? (made as new () => object)
    : undefined
}

const isNative = (fn: object): boolean => Function.prototype.toString.call(fn).endsWith('{ [native code] }')

/** The name of the class of the language, of any realm, that a prototype belongs to. */
export const nativeClassName = (prototype: object): string | undefined => {
  const made = classOf(prototype)
  if (made === undefined || !isNative(made)) return undefined
  const name: unknown = Object.getOwnPropertyDescriptor(made, 'name')?.value
  return typeof name === 'string' ? name : undefined
}

/** Whether a prototype is the one that objects of the type have from the start, in this realm or another. */
export const isStandard = (prototype: object, type: string): boolean => {
  if (prototype === Object.prototype) return type === 'Object'
  if (prototype === Array.prototype) return type === 'Array'
  const here: unknown = Reflect.get(globalThis, type)
  if (typeof here === 'function' && prototype === here.prototype) return true
  return nativeClassName(prototype) === type
}

/** What a class is called in messages. */
export const classNameOf = (value: object): string => {
  const prototype = Object.getPrototypeOf(value) as object | null
  const made = prototype === null ? undefined : classOf(prototype)
  const name: unknown = made === undefined ? undefined : Object.getOwnPropertyDescriptor(made, 'name')?.value
  return typeof name === 'string' && name !== '' ? name : '(anonymous)'
}
