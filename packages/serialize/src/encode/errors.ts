import { types } from 'node:util'
import { errorTypes, op } from '../ops.js'
import { classNameOf, nativeClassName } from './prototypes.js'
import { kind, type Kind, type Parts } from './parts.js'
import { textTokens } from './writer.js'

export const readText = (read: () => unknown): string | undefined => {
  try {
    const text = read()
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

const optional = (text: string | undefined): readonly unknown[] => (text === undefined ? [null] : textTokens(text))

/** The error of the language that it is, or that its class extends. */
export const nativeTypeOf = (error: object): string => {
  let at: object | null = Object.getPrototypeOf(error) as object | null
  while (at !== null && !types.isProxy(at)) {
    const name = nativeClassName(at)
    if (name !== undefined && errorTypes.includes(name as 'Error')) return name
    at = Object.getPrototypeOf(at) as object | null
  }
  return 'Error'
}

/** What an error is called where its class cannot be: many classes set no name. */
export const errorName = (error: object): string | undefined => {
  const name = readText(() => (error as Error).name)
  const made = classNameOf(error)
  return name === nativeTypeOf(error) && made !== '(anonymous)' ? made : name
}

const isDomException = (value: object): boolean =>
  DOMException.prototype.isPrototypeOf(value) &&
  readText(() => Reflect.get(DOMException.prototype, 'message', value)) !== undefined

const stackOf = (error: object): string | undefined =>
  Object.hasOwn(error, 'stack') ? readText(() => (error as Error).stack) : undefined

const isStack = (key: PropertyKey): boolean => key === 'stack'

const errors = kind<Error>(types.isNativeError, (error): Parts => {
  const type = nativeTypeOf(error)
  return { type, head: [op.error, errorTypes.indexOf(type as 'Error'), ...optional(stackOf(error))], carried: isStack }
})

const domExceptions = kind<DOMException>(isDomException, (error) => {
  const read = (key: string) => readText(() => Reflect.get(DOMException.prototype, key, error)) ?? ''
  return {
    type: 'DOMException',
    head: [op.domException, ...textTokens(read('message')), ...textTokens(read('name')), ...optional(stackOf(error))],
    carried: (key) => isStack(key) || typeof key === 'symbol',
  }
})

/** DOMException first: to some versions of Node it is a native error too. */
export const errorKinds: readonly Kind[] = [domExceptions, errors]
