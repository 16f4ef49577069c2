/** What a message is made of: how it is written as plain values of MessagePack, and read again without trust. */
export interface Shape<T> {
  write(value: T): unknown
  /** @throws {@link Malformed} */
  read(found: unknown): T
}

/** Bytes that are no message of ours. It never leaves the codec. */
export class Malformed extends Error {}

const refuse = (wanted: string, found: unknown): never => {
  const what = found === null ? 'null' : Array.isArray(found) ? 'a list' : typeof found
  throw new Malformed(`${wanted} expected, ${what} found`)
}

const same = <T>(value: T): T => value

const checked = <T>(wanted: string, isRight: (found: unknown) => boolean): Shape<T> => ({
  write: same,
  read: (found) => (isRight(found) ? (found as T) : refuse(wanted, found)),
})

const TEXT_CHARS = 65_536

/** Names, reasons, evidence: cut where they are longer than anyone reads. */
export const text: Shape<string> = {
  write: (value) => (value.length > TEXT_CHARS ? value.slice(0, TEXT_CHARS) : value),
  read: (found) => (typeof found === 'string' && found.length <= TEXT_CHARS ? found : refuse('text', found)),
}

export const flag: Shape<boolean> = checked('true or false', (found) => typeof found === 'boolean')
export const number: Shape<number> = checked('a number', (found) => typeof found === 'number' && !Number.isNaN(found))

/** A number from 0, infinite where there is no limit. */
export const amount: Shape<number> = checked('an amount', (found) => typeof found === 'number' && found >= 0)

/** A whole number from 0. */
export const count: Shape<number> = checked('a count', (found) => Number.isSafeInteger(found) && (found as number) >= 0)
export const integer: Shape<number> = checked('a whole number', Number.isSafeInteger)
export const bytes: Shape<Uint8Array> = checked('bytes', (found) => found instanceof Uint8Array)

export const oneOf = <const T extends string>(...names: readonly T[]): Shape<T> =>
  checked(names.join(' or '), (found) => names.includes(found as T))

/** `undefined` travels as `null`. */
export const optional = <T>(shape: Shape<T>): Shape<T | undefined> => ({
  write: (value) => (value === undefined ? null : shape.write(value)),
  read: (found) => (found === null ? undefined : shape.read(found)),
})

export const nullable = <T>(shape: Shape<T>): Shape<T | null> => ({
  write: (value) => (value === null ? null : shape.write(value)),
  read: (found) => (found === null ? null : shape.read(found)),
})

export const list = <T>(shape: Shape<T>): Shape<readonly T[]> => ({
  write: (values) => values.map((value) => shape.write(value)),
  read: (found) => (Array.isArray(found) ? found.map((item) => shape.read(item)) : refuse('a list', found)),
})

/** A shape of anything. */
interface AnyShape {
  write(value: never): unknown
  read(found: unknown): unknown
}
type Fields = Readonly<Record<string, AnyShape>>
type Values<F extends Fields> = { readonly [Name in keyof F]: ReturnType<F[Name]['read']> }
type Present<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> }

/** Fields in the order in which they are named here: names do not travel. */
export const record = <F extends Fields>(fields: F): Shape<Values<F>> => {
  const shapes = Object.entries(fields) as [string, Shape<unknown>][]
  return {
    write: (value) => shapes.map(([name, shape]) => shape.write((value as Record<string, unknown>)[name])),
    read: (found) => {
      if (!Array.isArray(found) || found.length !== shapes.length) return refuse(`${shapes.length} fields`, found)
      return Object.fromEntries(shapes.map(([name, shape], at) => [name, shape.read(found[at])])) as Values<F>
    },
  }
}

/** A record whose `undefined` fields are not there at all when it is read. */
export const sparse = <F extends Fields>(fields: F): Shape<Present<Values<F>>> => {
  const shape = record(fields)
  return {
    write: (value) => shape.write(value as Values<F>),
    read: (found) => {
      const there = Object.entries(shape.read(found)).filter(([, value]) => value !== undefined)
      return Object.fromEntries(there) as Present<Values<F>>
    },
  }
}

const row = record({ name: text, amount: number })

/** Numbers by name. */
export const amounts: Shape<Readonly<Record<string, number>>> = {
  write: Object.entries,
  read: (found) => {
    const rows = list(row).read(found)
    return Object.fromEntries(rows.map(({ name, amount: many }) => [name, many]))
  },
}

/** Facts of a log line: JSON, so that nothing but data comes of it. */
export const facts: Shape<Readonly<Record<string, unknown>>> = {
  write: (value) => {
    try {
      const json = JSON.stringify(value)
      return json.length > TEXT_CHARS ? '{}' : json
    } catch {
      return '{}'
    }
  },
  read: (found) => {
    const parsed: unknown = parseJson(text.read(found))
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return refuse('facts', parsed)
    return parsed as Readonly<Record<string, unknown>>
  },
}

const parseJson = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    throw new Malformed('JSON expected')
  }
}
