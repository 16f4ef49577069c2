import { inspect } from 'node:util'
import { hash } from 'node:crypto'
import { ownKeys } from '../encode/own-properties.js'
import type { AnyFunction, FunctionByCode, FunctionEncoder } from '../functions.js'
import { fieldsOf } from './fields.js'
import type { createIdentify, IdentityOptions } from './identify.js'

/** One part of what decides an identity, so that two can be compared. */
export interface IdentityPart {
  /** `function align`, `closure of align › threshold` */
  readonly label: string
  /** Equal parts have equal digests. */
  readonly digest: string
  /** The value itself, where it is short. */
  readonly shown?: string
}

/** What a function is made of. */
export interface Anatomy {
  readonly identity: string
  readonly parts: readonly IdentityPart[]
  /** The classes of the user's files that it reaches, by their identities. */
  readonly classes: ReadonlyMap<string, AnyFunction>
}

const LONGEST_SHOWN = 60

/** A value as text, where that is short and says all. */
export const shownOf = (value: unknown): string | undefined => {
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value === 'object' && value !== null) return undefined
  if (typeof value === 'string' && value.length > LONGEST_SHOWN) return undefined
  return inspect(value)
}

const short = (text: string): string => hash('sha256', text, 'base64url').slice(0, 16)

/** Functions of one name are told apart by the order in which they are met. */
const newLabels = () => {
  const met = new Map<string, number>()
  return (name: string): string => {
    const count = (met.get(name) ?? 0) + 1
    met.set(name, count)
    return count === 1 ? name : `${name} (${count})`
  }
}

const entriesOf = (group: FunctionByCode['captured']): readonly (readonly [PropertyKey, unknown])[] => {
  if (group === undefined) return []
  const { items } = fieldsOf(group, Array.isArray(group) ? [...group.keys()].map(String) : ownKeys(group))
  return Array.from({ length: items.length / 2 }, (_, at) => [items[at * 2] as PropertyKey, items[at * 2 + 1]])
}

/** Takes functions apart. */
export const createAnatomy = (encoder: () => FunctionEncoder, identify: ReturnType<typeof createIdentify>) => {
  /** The code of one function, and each value that it holds itself. */
  const partsOf = (fn: AnyFunction, name: string, options: IdentityOptions): IdentityPart[] => {
    const described = encoder().describe(fn, name)
    if ('name' in described) return [{ label: `function ${name}`, digest: short(described.name) }]
    const held = [...entriesOf(described.captured), ...entriesOf(described.properties)]
    const values = held.filter(([, value]) => typeof value !== 'function')
    return [
      { label: `function ${name}`, digest: short(described.code.text) },
      ...values.map(([key, value]) => {
        const label = `closure of ${name} › ${String(key)}`
        const shown = shownOf(value)
        return {
          label,
          digest: short(identify(value, { ...options, name: label })),
          ...(shown !== undefined && { shown }),
        }
      }),
    ]
  }

  return (fn: AnyFunction, options: IdentityOptions = {}): Anatomy => {
    const reached: AnyFunction[] = []
    const identity = identify(fn, { ...options, met: (one) => reached.push(one) })
    const labelled = newLabels()
    const parts = reached.flatMap((one, index) => {
      const own = index === 0 ? options.name : undefined
      return partsOf(one, labelled(own ?? (one.name === '' ? 'function' : one.name)), options)
    })
    const classes = reached.filter((one) => Function.prototype.toString.call(one).startsWith('class'))
    return { identity, parts, classes: new Map(classes.map((made) => [identify(made), made])) }
  }
}
