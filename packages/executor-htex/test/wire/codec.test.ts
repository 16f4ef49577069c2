import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { type Codec, fromManager, fromProgram, toManager, toProgram } from '../../src/wire/codec.js'
import type { WireTask } from '../../src/wire/messages.js'
import { anyMessage } from './samples.js'

const codecs = { fromProgram, toProgram, fromManager, toManager }
type Direction = keyof typeof codecs
const directions = Object.keys(codecs) as Direction[]
const codecOf = (direction: Direction) => codecs[direction] as unknown as Codec<object>
const packr = new Packr({ useRecords: false })
const bytes = new TextEncoder()

/** All bytes as one kind of them. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
}

const task: WireTask = { id: 7, of: 0, priority: undefined, parts: [], payload: bytes.encode('payload') }

describe.each(directions)('messages of %s', (direction) => {
  const codec = codecOf(direction)
  const messages = anyMessage[direction] as fc.Arbitrary<object>

  it('come out of their bytes as they went in', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const { header, body } = codec.pack(message)
        expect(plain(codec.unpack(header, body))).toEqual({ message })
      }),
      { numRuns: 500 },
    )
  })

  it('are refused in words, or are other messages, when bytes of them are changed, missing or too many', () => {
    const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 })
    const sizes = fc.tuple(fc.integer({ min: -8, max: 8 }), fc.integer({ min: -8, max: 8 }))
    const resized = (whole: Uint8Array, by: number): Uint8Array =>
      by < 0 ? whole.subarray(0, Math.max(0, whole.byteLength + by)) : Buffer.concat([whole, Buffer.alloc(by, 0xc0)])
    fc.assert(
      fc.property(messages, damage, sizes, (message, changes, [byHeader, byBody]) => {
        const packed = codec.pack(message)
        const header = Buffer.from(resized(packed.header, byHeader))
        for (const [at, value] of changes) header[at % (header.byteLength || 1)] = value
        const outcome = codec.unpack(header, resized(packed.body, byBody))
        expect(outcome.refusal ?? 'taken').toMatch(/./)
        // What is taken can be said again.
        const said = outcome.message && codec.pack(outcome.message)
        expect(plain(said ? codec.unpack(said.header, said.body) : outcome)).toEqual(plain(outcome))
      }),
      { numRuns: 1_000 },
    )
  })

  it('are refused when they are any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 20 }), (header, body) => {
        expect(codec.unpack(header, body).refusal ?? 'a message by chance').toMatch(/./)
      }),
      { numRuns: 2_000 },
    )
  })

  it('are refused when any values stand in their fields', () => {
    const names = ['tasks', 'results', 'parts', 'starts', 'losses', 'classes', 'register', 'stop', 'log', 'hold']
    const value = fc.anything({ withNullPrototype: false, maxDepth: 3 })
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(value, { maxLength: 6 }), (name, fields) => {
        const outcome = codec.unpack(packr.pack([name, ...fields]))
        expect(outcome.message === undefined).toBe(outcome.refusal !== undefined)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a message that is none', () => {
  it.each([
    ['an unknown type', packr.pack(['dance', 1]), 'unknown type dance'],
    ['a type of the other direction', packr.pack(['welcome', 1, 2]), 'unknown type welcome'],
    ['a name that every object has', packr.pack(['constructor']), 'unknown type constructor'],
    ['no list', packr.pack('tasks'), 'text expected'],
    ['a map', packr.pack({ type: 'tasks' }), 'not sound'],
    ['too few fields', packr.pack(['stop', 1]), 'stop: 2 fields expected'],
    ['a number of a try that is none', packr.pack(['stop', -1, 'x']), 'stop: a count expected'],
    ['rows that are cut', packr.pack(['tasks', Buffer.alloc(15), null, null]), 'tasks: rows of 16 bytes expected'],
    // Two lists that claim 500 million items each.
    ['a list longer than its bytes', Buffer.from('9301dd1dcd6500dd1dcd6500', 'hex'), 'not sound'],
    ['lists in lists in lists', Buffer.alloc(100_000, 0x91), 'not sound'],
  ])('is refused for %s', (_what, header, refusal) => {
    expect(fromProgram.unpack(header).refusal).toContain(refusal)
  })

  it('is refused for payloads that are not as long as said', () => {
    const { header, body } = fromProgram.pack({ type: 'tasks', tasks: [task] })
    expect(fromProgram.unpack(header, body.subarray(1)).refusal).toBe('tasks: payloads are longer than the body')
    expect(fromProgram.unpack(header, Buffer.concat([body, body])).refusal).toBe(
      'tasks: the body is longer than its payloads',
    )
  })
})

it('copies no payload when it reads a message', () => {
  const tasks = [task, { ...task, id: 8 }]
  const { header, body } = fromProgram.pack({ type: 'tasks', tasks })
  const found = fromProgram.unpack(header, body).message
  expect(found?.type === 'tasks' && found.tasks.every(({ payload }) => payload.buffer === body.buffer)).toBe(true)
})
