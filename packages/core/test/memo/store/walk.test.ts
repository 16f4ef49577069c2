import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeRecord, HEADER_BYTES, KEY_AT, KEY_BYTES, KIND } from '../../../src/memo/store/layout.js'
import { type Damage, type Source, walk, WINDOW_BYTES } from '../../../src/memo/store/walk.js'
import { keyOf } from './samples.js'

const MARK = 0x12345678
const OTHER_MARK = 0x0badcafe

/** Gives what it is asked for in portions of any size. */
const sourceOf = (bytes: Buffer, portion = Infinity): Source => ({
  read: async (into, position) =>
    bytes.copy(into, 0, position, Math.min(bytes.length, position + Math.min(portion, into.length))),
})

interface Seen {
  readonly key: string
  readonly offset: number
  readonly length: number
  readonly isChecked: boolean
}

const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex')

const seenIn = async (bytes: Buffer, options: { checkAll?: boolean; portion?: number; start?: number } = {}) => {
  const seen: Seen[] = []
  const damage: Damage[] = []
  const { checkAll = false, portion, start = 0 } = options
  const source = sourceOf(bytes, portion)
  const onDamage = (one: Damage): void => void damage.push(one)
  for await (const batch of walk({ source, start, size: bytes.length, mark: MARK, checkAll, onDamage }))
    for (const { bytes: window, at, offset, length, isChecked } of batch)
      seen.push({ key: hex(window.subarray(at + KEY_AT, at + KEY_AT + KEY_BYTES)), offset, length, isChecked })
  return { seen, damage }
}

const record = (number: number, value: Uint8Array, mark = MARK): Buffer =>
  Buffer.concat(encodeRecord({ mark, kind: KIND.entry, key: keyOf(number), meta: `{"number":${number}}`, value }))

interface Laid {
  readonly key: string
  readonly offset: number
  readonly length: number
}

const layOut = (records: readonly Buffer[]): { readonly file: Buffer; readonly laid: readonly Laid[] } => {
  let offset = 0
  const laid = records.map((bytes) => {
    const one = { key: hex(bytes.subarray(KEY_AT, KEY_AT + KEY_BYTES)), offset, length: bytes.length }
    offset += bytes.length
    return one
  })
  return { file: Buffer.concat(records), laid }
}

const places = (seen: readonly Laid[]): string[] => seen.map(({ key, offset, length }) => `${key} ${offset} ${length}`)

/** Contents of records, told by a name, so that what fails can be shown. */
const CONTENTS: Readonly<Record<string, Uint8Array>> = {
  empty: new Uint8Array(0),
  short: Uint8Array.of(1, 2, 3),
  markers: Buffer.from('f7636b72'.repeat(40), 'hex'),
  barelyShort: new Uint8Array(WINDOW_BYTES - 100).fill(7),
  long: new Uint8Array(WINDOW_BYTES + 100).fill(0xf7),
  // As a task that copies checkpoints would return.
  records: Buffer.concat([record(98, Uint8Array.of(1), OTHER_MARK), record(99, new Uint8Array(70), OTHER_MARK)]),
}
const names = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('empty', 'short', 'markers', 'records') },
  { weight: 1, arbitrary: fc.constantFrom('barelyShort', 'long') },
)
const files = fc.array(names, { maxLength: 8 })
const fileOf = (all: readonly string[]) =>
  layOut(all.map((name, number) => record(number, CONTENTS[name] as Uint8Array)))

/** A place in a file: most often near the edge of a record. */
const spots = fc.record({
  record: fc.nat(7),
  from: fc.constantFrom('start', 'end', 'middle'),
  by: fc.integer({ min: -70, max: 70 }),
})
type Spot = typeof spots extends fc.Arbitrary<infer T> ? T : never
const placeOf = ({ laid, file }: ReturnType<typeof layOut>, { record: number, from, by }: Spot): number => {
  const { offset, length } = laid[number % Math.max(1, laid.length)] ?? { offset: 0, length: 0 }
  const base = { start: 0, end: length, middle: length >> 1 }[from] ?? 0
  return Math.min(file.length, Math.max(0, offset + base + by))
}

const spoilers = fc.array(fc.record({ spot: spots, bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) }), {
  maxLength: 4,
})

describe('walking through a file', () => {
  it('finds every record, however it is read', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 5_000 }), async (all, portion) => {
        const { file, laid } = fileOf(all)
        const { seen, damage } = await seenIn(file, { portion: file.length > WINDOW_BYTES ? portion * 100 : portion })
        expect(places(seen)).toEqual(places(laid))
        expect(damage).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('finds every record that is whole where bytes are spoiled, and no other, and tells of the rest', async () => {
    await fc.assert(
      fc.asyncProperty(files, spoilers, async (all, spoils) => {
        const { file, laid } = fileOf(all)
        const spoiled = Buffer.from(file)
        for (const { spot, bytes } of spoils) {
          const place = placeOf({ file, laid }, spot)
          spoiled.set(bytes.subarray(0, file.length - place), place)
        }
        const isWhole = ({ offset, length }: Laid): boolean =>
          spoiled.compare(file, offset, offset + length, offset, offset + length) === 0
        const { seen, damage } = await seenIn(spoiled, { checkAll: true })
        expect(places(seen)).toEqual(places(laid.filter(isWhole)))
        const lost = file.length - seen.reduce((sum, { length }) => sum + length, 0)
        expect(damage.reduce((sum, { length }) => sum + length, 0)).toBe(lost)
      }),
      { numRuns: 100 },
    )
  })

  it('finds every record that is whole where bytes were put in or taken out', async () => {
    const holes = fc.oneof(fc.nat(100), fc.constant(WINDOW_BYTES))
    await fc.assert(
      fc.asyncProperty(
        files,
        spots,
        fc.tuple(holes, fc.uint8Array({ maxLength: 90 })),
        async (all, spot, [hole, put]) => {
          const { file, laid } = fileOf(all)
          const from = placeOf({ file, laid }, spot)
          const to = Math.min(file.length, from + hole)
          fc.pre(!file.subarray(from, to).equals(put))
          const { seen } = await seenIn(Buffer.concat([file.subarray(0, from), put, file.subarray(to)]))
          const before = laid.filter(({ offset, length }) => offset + length <= from)
          const behind = laid.filter(({ offset }) => offset >= to)
          const moved = behind.map((one) => ({ ...one, offset: one.offset - to + from + put.length }))
          expect(places(seen)).toEqual(places([...before, ...moved]))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('finds what is before a cut, and what was written behind a record that was cut, the same one again too', async () => {
    await fc.assert(
      fc.asyncProperty(files, spots, files, async (all, spot, later) => {
        const before = fileOf(all)
        const after = fileOf(later)
        const cut = placeOf(before, spot)
        const { seen } = await seenIn(Buffer.concat([before.file.subarray(0, cut), after.file]))
        const whole = before.laid.filter(({ offset, length }) => offset + length <= cut)
        const behind = after.laid.map((one) => ({ ...one, offset: one.offset + cut }))
        expect(places(seen)).toEqual(places([...whole, ...behind]))
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    ['zeros, as after a power failure', Buffer.alloc(5_000)],
    ['noise', Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7_919) % 251))],
    ['markers', Buffer.concat(Array.from({ length: 500 }, () => Buffer.from([0xf7, 0x63, 0x6b, 0x72])))],
    ['a record of another file', record(7, Uint8Array.of(1), OTHER_MARK)],
  ])('stops at a tail of %s', async (_what, tail) => {
    const { file, laid } = layOut([record(1, Uint8Array.of(1)), record(2, Uint8Array.of(2))])
    const { seen, damage } = await seenIn(Buffer.concat([file, tail]))
    expect(places(seen)).toEqual(places(laid))
    expect(damage).toEqual([{ offset: file.length, length: tail.length, isTail: true }])
  })

  it('does not take records for its own that are in a value, even of its own file, when that value is damaged', async () => {
    const inner = record(50, Uint8Array.of(5))
    const { file, laid } = layOut([record(1, Buffer.concat([inner, inner])), record(2, Uint8Array.of(2))])
    const damaged = file.indexOf(inner) - 1
    file[damaged] = ~(file[damaged] as number)
    const { seen } = await seenIn(file)
    expect(places(seen)).toEqual(places(laid.slice(1)))
  })

  it('looks only at both ends of a long record, unless it is told to check all', async () => {
    const { file, laid } = layOut([record(1, new Uint8Array(WINDOW_BYTES * 2)), record(2, Uint8Array.of(2))])
    file[WINDOW_BYTES] = 1
    const lightly = await seenIn(file)
    expect(places(lightly.seen)).toEqual(places(laid))
    expect(lightly.seen.map(({ isChecked }) => isChecked)).toEqual([false, true])
    const thoroughly = await seenIn(file, { checkAll: true })
    expect(places(thoroughly.seen)).toEqual(places(laid.slice(1)))
  })

  it('ends where a file became shorter while it was read', async () => {
    const { file, laid } = layOut([record(1, Uint8Array.of(1)), record(2, Uint8Array.of(2))])
    const found: number[] = []
    const source = sourceOf(file.subarray(0, file.length - 3))
    for await (const batch of walk({ source, start: 0, size: file.length, mark: MARK }))
      for (const { offset } of batch) found.push(offset)
    expect(found).toEqual([laid[0]?.offset])
  })

  it('begins where it is told', async () => {
    const { file, laid } = layOut([record(1, Uint8Array.of(1))])
    const { seen, damage } = await seenIn(Buffer.concat([Buffer.alloc(HEADER_BYTES), file]), { start: HEADER_BYTES })
    expect(seen.map(({ offset }) => offset)).toEqual(laid.map(({ offset }) => offset + HEADER_BYTES))
    expect(damage).toEqual([])
  })
})
