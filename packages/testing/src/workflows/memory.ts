import { evidenceOf, share, transfer } from '@parsl/core'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import { seesMemory } from '../sees-memory.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'

/** Far beyond what any executor sends within a message. */
const SIZE = 300_000

interface Shelf {
  readonly words: Uint32Array
  readonly bytes: Uint8Array
  readonly text: Buffer
}

const shelf = (): Shelf => {
  const memory = new ArrayBuffer(SIZE)
  return { words: new Uint32Array(memory).fill(7), bytes: new Uint8Array(memory, 8, 4), text: Buffer.alloc(SIZE, 'ab') }
}

const large: Cases<Bench> = {
  'arrive and come back with all that stands on them': async ({ parsl }) => {
    const app = parsl.jsApp(({ words, bytes, text }: Shelf) => ({
      words,
      bytes,
      text,
      isOne: words.buffer === bytes.buffer,
    }))
    const given = shelf()
    const back = await app(given)
    expect(back).toEqual({ ...given, isOne: true })
    expect([back.words.buffer === back.bytes.buffer, Buffer.isBuffer(back.text)]).toEqual([true, true])
  },
  'are what they were when their task was sent, for each of many tasks': async ({ parsl }) => {
    const sum = parsl.jsApp((words: Uint32Array, at: number) => (words[at] ?? 0) + words.length)
    const words = new Uint32Array(SIZE / 4).map((_, index) => index)
    const sums = await Promise.all(Array.from({ length: 60 }, (_, at) => sum(words, at)))
    expect(sums).toEqual(Array.from({ length: 60 }, (_, at) => at + SIZE / 4))
    expect(words[9]).toBe(9)
  },
  'outlive the cancelling of others': async ({ parsl, folder, fill }) => {
    const release = await fill()
    const last = parsl.jsApp((bytes: Uint8Array, path: string) => [bytes.at(-1), path])
    const calls = Array.from({ length: 30 }, (_, index) => last(new Uint8Array(SIZE).fill(index), folder.path))
    const cancelled = calls.filter((_, index) => index % 3 === 0)
    for (const call of cancelled) call.cancel()
    await release()
    const ends = await Promise.all(calls.map((call) => call.settled()))
    const expected = ends.map((_, index) => (index % 3 === 0 ? undefined : [index, folder.path]))
    expect(ends.map((end) => (end.ok ? end.value : undefined))).toEqual(expected)
  },
  'stay what they are where a body gives back what others use': async ({ parsl }) => {
    const rows = share(new Float64Array(SIZE).fill(3))
    const same = parsl.jsApp((value: Float64Array) => value)
    for (let round = 0; round < 4; round++) expect((await same(rows)).at(-1)).toBe(3)
    await rows[Symbol.asyncDispose]()
  },
}

const given: Cases<Bench> = {
  'are gone here, and there for the body': async ({ parsl }) => {
    const last = parsl.jsApp((bytes: Uint8Array) => [bytes.length, bytes.at(-1)])
    const bytes = new Uint8Array(SIZE).fill(5)
    const called = last(transfer(bytes))
    expect(bytes.length).toBe(0)
    expect(await called).toEqual([SIZE, 5])
  },
  'come back from bodies': async ({ parsl }) => {
    const make = parsl.jsApp((size: number) => ({ bytes: transfer(new Uint8Array(size).fill(6)), size }))
    const { bytes, size } = await make(SIZE)
    expect([bytes.length, bytes.at(-1), size]).toEqual([SIZE, 6, SIZE])
  },
  'may be small, and stand anywhere among the arguments': async ({ parsl }) => {
    const read = parsl.jsApp(({ parts }: { readonly parts: readonly Uint8Array[] }) => parts.map((part) => part[0]))
    expect(await read({ parts: [transfer(Uint8Array.of(1)), transfer(Buffer.from([2])), Uint8Array.of(3)] })).toEqual([
      1, 2, 3,
    ])
  },
}

const inPlace: Cases<Bench> = {
  'are what was shared, whatever their size, on memory that is marked as shared': async ({ parsl }) => {
    const { words, bytes, text } = shelf()
    const shared = share({ words, bytes, text }, { inPlace: true })
    words.fill(0)
    const look = parsl.jsApp((value: Shelf) => {
      const isShared = [value.words, value.text].every(({ buffer }) => buffer instanceof SharedArrayBuffer)
      return [
        value.words[9],
        value.bytes[0],
        value.text.toString('latin1', 0, 4),
        isShared,
        value.bytes.buffer === value.words.buffer,
      ]
    })
    const looks = await Promise.all(Array.from({ length: 10 }, () => look(shared)))
    expect(looks).toEqual(looks.map(() => [7, 7, 'abab', true, true]))
    await shared[Symbol.asyncDispose]()
  },
}

const oneMemory: Cases<Bench> = {
  'is the same for the program and for bodies, wherever it stands among the arguments': async ({ parsl }) => {
    const memory = new SharedArrayBuffer(8)
    const add = parsl.jsApp(({ counts }: { readonly counts: Int32Array }, n: number) => Atomics.add(counts, 1, n))
    await Promise.all(Array.from({ length: 50 }, () => add({ counts: new Int32Array(memory) }, 2)))
    expect(new Int32Array(memory)[1]).toBe(100)
  },
  'may be a result': async ({ parsl }) => {
    const make = parsl.jsApp((memory: SharedArrayBuffer) => new Int32Array(memory, 4))
    const memory = new SharedArrayBuffer(8)
    const view = await make(memory)
    view[0] = 7
    expect(new Int32Array(memory)[1]).toBe(7)
  },
  'is refused to closures, which are kept': async ({ parsl, capabilities }) => {
    const memory = new SharedArrayBuffer(8)
    const read = parsl.jsApp(() => memory.byteLength)
    if (capabilities.isolation === 'none') return expect(await read()).toBe(8)
    expect((await errorOf(read())).message).toContain('pass it as an argument to a thread')
  },
  'is in place where it was shared so': async ({ parsl }) => {
    const counts = share(new Int32Array(2), { inPlace: true })
    const add = parsl.jsApp((list: Int32Array) => Atomics.add(list, 0, 1) + 1)
    const sums = await Promise.all(Array.from({ length: 20 }, () => add(counts)))
    expect(Math.max(...sums)).toBe(20)
    await counts[Symbol.asyncDispose]()
  },
}

const whileRunning: Cases<Bench> = {
  'tells a body what the program writes while it runs': async ({ parsl }) => {
    const memory = new Int32Array(new SharedArrayBuffer(8))
    const wait = parsl.jsApp((state: Int32Array) => {
      Atomics.store(state, 0, 1)
      Atomics.notify(state, 0)
      return Atomics.wait(state, 1, 0, 30_000)
    })
    const answer = wait(memory).settled()
    await Atomics.waitAsync(memory, 0, 0, 30_000).value
    Atomics.store(memory, 1, 1)
    Atomics.notify(memory, 1)
    expect(await answer).toMatchObject({ ok: true, value: expect.stringMatching(/^(ok|not-equal)$/) as unknown })
  },
  'takes what was given up once: a second try is refused, and tells of the first': async ({ parsl }) => {
    const fail = parsl.jsApp((_bytes: Uint8Array) => Promise.reject(new RangeError('first')), { retries: 2 })
    const error = await errorOf(fail(transfer(new Uint8Array(SIZE))))
    expect(error).toMatchObject({ code: 'PARSL_SERIALIZE' })
    expect(error.message).toContain('moved to another thread, or to an earlier try')
    expect(evidenceOf(error)?.history[0]).toMatchObject({ attempt: 0, error: { message: 'first' } })
  },
}

const apart: Cases<Bench> = {
  'is refused, with what to do': async ({ parsl }) => {
    const app = parsl.jsApp((memory: SharedArrayBuffer) => memory.byteLength)
    const make = parsl.jsApp((size: number) => new SharedArrayBuffer(size))
    for (const call of [app(new SharedArrayBuffer(8)), make(8)]) {
      const error = await errorOf(call)
      expect(error).toMatchObject({ code: 'PARSL_SERIALIZE' })
      expect(error.message).toContain('copy it (new Uint8Array(shared).slice())')
    }
  },
}

/** Large buffers, those that are given up, and memory that both sides see. */
export const memoryGroups: readonly Group<Bench>[] = [
  { name: 'large buffers', cases: large },
  { name: 'buffers given up', cases: given },
  { name: 'values shared in place', cases: inPlace },
  { name: 'shared memory', when: seesMemory, cases: oneMemory },
  {
    name: 'shared memory of threads',
    when: (capabilities) => seesMemory(capabilities) && capabilities.isolation !== 'none',
    cases: whileRunning,
  },
  { name: 'shared memory elsewhere', when: (capabilities) => !seesMemory(capabilities), cases: apart },
]
