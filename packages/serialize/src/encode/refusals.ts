import { reasonItStays } from '@parsl/interfaces'
import { KeyObject } from 'node:crypto'
import { types } from 'node:util'
import { classNameOf } from './prototypes.js'

interface Refusal {
  is(value: object): boolean
  reason(value: object): string
}

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1)

const tagged =
  (...tags: readonly string[]) =>
  (value: object): boolean =>
    tags.includes(tagOf(value))

const isIterator = (value: object): boolean => {
  if (types.isGeneratorObject(value) || types.isMapIterator(value) || types.isSetIterator(value)) return true
  return / Iterator$|^Iterator Helper$|^(Async)?Generator$/u.test(tagOf(value))
}

const isHandle = (value: object): boolean =>
  EventTarget.prototype.isPrototypeOf(value) ||
  Object.hasOwn(value, '_handle') ||
  Object.hasOwn(value, '_readableState') ||
  Object.hasOwn(value, '_writableState') ||
  tagged('ReadableStream', 'WritableStream', 'TransformStream')(value)

const because = (reason: string) => (): string => reason

/** What must not travel, with what to do instead; the first whose test holds. */
const refusals: readonly Refusal[] = [
  {
    is: types.isPromise,
    reason: because('it is a promise; await it first, or pass it as an argument'),
  },
  {
    is: (value) => types.isWeakMap(value) || types.isWeakSet(value),
    reason: because('what a weak collection holds cannot be listed; use a Map or Set'),
  },
  { is: tagged('WeakRef'), reason: because('it is a weak reference; pass what deref() gives') },
  {
    is: isIterator,
    reason: because('it is an iterator, which cannot be rewound; collect it first ([...iterator])'),
  },
  { is: types.isModuleNamespaceObject, reason: because('it is a module; import it where it is used') },
  { is: types.isArgumentsObject, reason: because('it is an arguments object; pass [...arguments]') },
  {
    is: tagged('AbortSignal', 'AbortController'),
    reason: because('a signal stays in its process; cancel the future instead'),
  },
  {
    is: (value) => types.isExternal(value) || isHandle(value),
    reason: (value) => `it is a handle (${classNameOf(value)}) of this process; open it where it is used`,
  },
  {
    // First what is cheap: to ask for the brand of what has none takes Node some 20 us.
    is: (value) =>
      (KeyObject.prototype.isPrototypeOf(value) && types.isKeyObject(value)) ||
      (tagOf(value) === 'CryptoKey' && types.isCryptoKey(value)),
    reason: because('it is a key; export it first'),
  },
]

/** Why this very value stays in the program, if it was marked so; a proxy among its prototypes may throw. */
export const reasonByMark = (value: object): string | undefined => {
  try {
    return reasonItStays(value)
  } catch {
    return undefined
  }
}

/** Why an object of this kind never travels, if so. */
export const reasonAgainst = (value: object): string | undefined => refusals.find(({ is }) => is(value))?.reason(value)
