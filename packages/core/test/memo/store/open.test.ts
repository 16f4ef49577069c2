import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { errorOf, scratch } from '@parsl/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeHeader, encodeEntry, HEADER_BYTES } from '../../../src/memo/store/layout.js'
import { openCheckpoints } from '../../../src/memo/store/open.js'
import { checkpointOf, entryOf, keyOf } from './samples.js'

const fileIn = (dir: string): string => join(dir, 'tasks.ckpt')

const spoil = async (path: string, change: (bytes: Buffer) => Buffer | void): Promise<void> => {
  const bytes = await readFile(path)
  await writeFile(path, change(bytes) ?? bytes)
}

const allOf = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('opening checkpoints', () => {
  it('refuses a folder that is not there, with its path', async () => {
    await using place = await scratch()
    const error = await errorOf(openCheckpoints([place.at('no')]))
    expect(error.code).toBe('PARSL_CHECKPOINT')
    expect(error.message).toBe(`cannot use the checkpoint ${place.at('no')}: there is no such folder`)
    expect(error.details).toEqual({ path: place.at('no'), reason: 'there is no such folder' })
  })

  it('refuses a folder without a checkpoint in it, and a file instead of a folder', async () => {
    await using place = await scratch()
    expect((await errorOf(openCheckpoints([place.path]))).message).toContain('it has no tasks.ckpt')
    const dir = await checkpointOf(place.path, 0, [])
    const error = await errorOf(openCheckpoints([dir, fileIn(dir)]))
    expect(error.message).toContain('it is no folder: name the folder that has tasks.ckpt in it')
  })

  it('refuses a folder of that name', async () => {
    await using place = await scratch()
    await mkdir(place.at('tasks.ckpt'))
    expect((await errorOf(openCheckpoints([place.path]))).message).toContain('tasks.ckpt: it cannot be read: EISDIR')
  })

  it('refuses a version that it does not know', async () => {
    await using place = await scratch()
    const dir = await checkpointOf(place.path, 0, [entryOf(1)])
    await spoil(fileIn(dir), (bytes) => {
      bytes.writeUInt32LE(2, 8)
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16)
    })
    expect((await errorOf(openCheckpoints([dir]))).message).toContain(
      'it has version 2 of the format, and this release reads version 1',
    )
  })

  it.each(['hello', '{"json": "it is not"}'.repeat(10_000)])('refuses what is no checkpoint: %#', async (text) => {
    await using place = await scratch()
    await writeFile(place.at('tasks.ckpt'), text)
    expect((await errorOf(openCheckpoints([place.path]))).message).toContain('it is no checkpoint')
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['the start of a header', encodeHeader(1).subarray(0, 5)],
    ['a header', encodeHeader(1)],
    ['zeros', Buffer.alloc(4_096)],
  ])('takes a file with %s in it for what a program left that was stopped early', async (what, bytes) => {
    await using place = await scratch()
    await writeFile(place.at('tasks.ckpt'), bytes)
    const reader = await openCheckpoints([place.path])
    expect(reader.entries).toBe(0)
    expect(reader.problems).toHaveLength(what === 'a header' ? 0 : 1)
    expect(await allOf(reader.scan())).toEqual([])
    await reader.close()
  })

  it('opens none', async () => {
    const reader = await openCheckpoints([])
    expect(reader.entries).toBe(0)
    expect(await reader.read(keyOf(1))).toBeUndefined()
    await reader.close()
  })
})

describe('of one key', () => {
  it('the newest entry counts: of the later folder, and later in its file', async () => {
    await using place = await scratch()
    const first = await checkpointOf(place.path, 0, [entryOf(1, { app: 'a' }), entryOf(2, { app: 'b' })])
    const second = await checkpointOf(place.path, 1, [entryOf(1, { app: 'c' }), entryOf(1, { app: 'd' })])
    const appsIn = async (dirs: readonly string[]): Promise<unknown> => {
      const reader = await openCheckpoints(dirs)
      const apps = [(await reader.read(keyOf(1)))?.app, (await reader.read(keyOf(2)))?.app, reader.entries]
      await reader.close()
      return apps
    }
    expect(await appsIn([first, second])).toEqual(['d', 'b', 2])
    expect(await appsIn([second, first])).toEqual(['a', 'b', 2])
  })

  it('an older entry counts where a newer, long one turns out to be damaged, and the damage is told', async () => {
    await using place = await scratch()
    const long = new Uint8Array(3_000_000)
    const dir = await checkpointOf(place.path, 0, [
      entryOf(1),
      entryOf(1, { app: 'lost', value: long }),
      entryOf(1, { app: 'lost too', value: long }),
    ])
    const { size } = await stat(fileIn(dir))
    await spoil(fileIn(dir), (bytes) => {
      bytes[size - 1_000_000] = 1
      bytes[size - 4_000_000] = 1
    })
    const reader = await openCheckpoints([dir])
    expect(reader.problems).toEqual([])
    expect(await reader.read(keyOf(1))).toEqual(entryOf(1))
    expect(reader.problems).toHaveLength(2)
    expect(reader.problems[0]).toMatch(/tasks\.ckpt: the record of 30\d+ bytes at \d+ is damaged/)
    await reader.close()
  })
})

describe('a damaged checkpoint', () => {
  it('gives every entry that is whole and none that is not, wherever bytes are changed or cut', async () => {
    const numbers = [0, 1, 2, 3, 4, 5]
    await using place = await scratch()
    const dir = await checkpointOf(
      place.path,
      0,
      numbers.map((number) => entryOf(number)),
    )
    const original = await readFile(fileIn(dir))
    const starts = numbers.map((number) => original.indexOf(keyOf(number)) - 28)
    const ends = numbers.map(
      (number, index) => (starts[index] as number) + Buffer.concat(encodeEntry(entryOf(number), 0)).length,
    )
    const changes = fc.array(fc.tuple(fc.nat(original.length - 1), fc.uint8Array({ minLength: 1, maxLength: 30 })), {
      maxLength: 3,
    })
    await fc.assert(
      fc.asyncProperty(changes, fc.option(fc.nat(original.length)), async (all, cut) => {
        const bytes = Buffer.from(original)
        for (const [at, change] of all) bytes.set(change.subarray(0, bytes.length - at), at)
        await writeFile(fileIn(dir), cut === null ? bytes : bytes.subarray(0, cut))
        const isWhole = (number: number): boolean => {
          const [start, end] = [starts[number] as number, ends[number] as number]
          return end <= (cut ?? Infinity) && bytes.compare(original, start, end, start, end) === 0
        }
        const whole = numbers.filter(isWhole)
        const [opened] = await Promise.allSettled([openCheckpoints([dir])])
        if (opened.status === 'rejected') {
          // With nothing left of it, it may not even be known for a checkpoint.
          const { message } = opened.reason as Error
          if (whole.length > 0 || !message.includes('it is no checkpoint, or nothing in it')) throw opened.reason
          return
        }
        const reader = opened.value
        expect(reader.entries).toBe(whole.length)
        for (const number of numbers)
          expect(await reader.read(keyOf(number))).toEqual(whole.includes(number) ? entryOf(number) : undefined)
        expect((await allOf(reader.scan({ values: true }))).map(({ entry }) => entry)).toEqual(
          whole.map((number) => entryOf(number)),
        )
        const isChanged = bytes.compare(original, 0, cut ?? undefined, 0, cut ?? undefined) !== 0
        const isHeader = bytes.compare(original, 0, HEADER_BYTES, 0, HEADER_BYTES) !== 0
        expect(!isChanged || isHeader || reader.problems.length > 0).toBe(true)
        await reader.close()
      }),
      { numRuns: 150 },
    )
  })

  it('tells of so much damage in few lines', async () => {
    await using place = await scratch()
    const dir = await checkpointOf(
      place.path,
      0,
      Array.from({ length: 200 }, (_, number) => entryOf(number)),
    )
    await spoil(fileIn(dir), (bytes) => {
      for (let number = 0; number < 200; number += 2) {
        const at = bytes.indexOf(keyOf(number))
        bytes[at] = ~(bytes[at] as number)
      }
    })
    const reader = await openCheckpoints([dir])
    expect(reader.entries).toBe(100)
    expect(reader.problems).toHaveLength(21)
    expect(reader.problems.at(-1)).toMatch(/: 80 other damaged places, \d+ bytes in all$/)
    await reader.close()
  })
})

describe('going through all entries', () => {
  it('gives the oldest first, superseded ones too, with their folders and without their values', async () => {
    await using place = await scratch()
    const long = new Uint8Array(2_000_000).fill(9)
    const first = await checkpointOf(place.path, 0, [entryOf(1), entryOf(2, { value: long, app: 'other' })])
    const second = await checkpointOf(place.path, 1, [entryOf(1)])
    const reader = await openCheckpoints([first, second])
    const { value: _one, ...one } = entryOf(1)
    const { value: _two, ...two } = entryOf(2, { app: 'other' })
    expect(await allOf(reader.scan())).toEqual([
      { entry: one, valueBytes: 4, dir: first },
      { entry: two, valueBytes: long.length, dir: first },
      { entry: one, valueBytes: 4, dir: second },
    ])
    const others = await allOf(reader.scan({ app: 'other', values: true }))
    expect(others.map(({ dir }) => dir)).toEqual([first])
    expect(Buffer.compare(others[0]?.entry.value as Uint8Array, long)).toBe(0)
    await reader.close()
  })
})

describe('many checkpoints', () => {
  it('are read though not all of their files stay open', async () => {
    await using place = await scratch()
    const dirs: string[] = []
    for (let run = 0; run < 150; run++)
      dirs.push(await checkpointOf(place.path, run, [entryOf(run % 100), entryOf(run + 1_000)]))
    const reader = await openCheckpoints(dirs)
    expect(reader.entries).toBe(250)
    expect(await reader.read(keyOf(1_000))).toEqual(entryOf(1_000))
    expect(await reader.read(keyOf(1_149))).toEqual(entryOf(1_149))
    expect((await allOf(reader.scan())).length).toBe(300)
    await reader.close()
  })
})

describe('a file of more than four gigabytes', () => {
  it('is read behind them, by what the page of the format says', async () => {
    await using place = await scratch()
    const mark = 0xfeedbeef
    const value = 2 ** 32 + 12_345
    const head = Buffer.alloc(64)
    head.set([0xf7, 0x63, 0x6b, 0x72])
    head.writeUInt32LE(mark, 4)
    head[8] = 3
    head.writeUIntLE(value, 10, 6)
    head.set(keyOf(1), 28)
    head.writeUInt32LE(crc32(head.subarray(0, 60)), 60)
    const trailer = Buffer.alloc(4)
    trailer.writeInt32LE(~head.readInt32LE(60))
    const behind = HEADER_BYTES + head.length + value
    const file = await open(place.at('tasks.ckpt'), 'wx')
    await file.write(Buffer.concat([encodeHeader(mark), head]))
    await file.write(Buffer.concat([trailer, ...encodeEntry(entryOf(2), mark)]), 0, null, behind)
    await file.close()
    const reader = await openCheckpoints([place.path])
    expect(reader.problems).toEqual([])
    expect(reader.entries).toBe(2)
    expect(await reader.read(keyOf(2))).toEqual(entryOf(2))
    await reader.close()
  })
})
