import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorOf, eventually, scratch } from '@parsl/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCheckpoint } from '../../../src/memo/store/create.js'
import { disk, type Disk } from '../../../src/memo/store/disk.js'
import { openCheckpoints } from '../../../src/memo/store/open.js'
import { checkpointOf, entryOf, keyOf } from './samples.js'

const options = { durability: 'process', runId: 'run' } as const

/** Which of these entries the checkpoint in a folder has. */
const numbersIn = async (dir: string, upTo: number): Promise<readonly number[]> => {
  const reader = await openCheckpoints([dir])
  const found: number[] = []
  for (let number = 0; number < upTo; number++) if (await reader.read(keyOf(number))) found.push(number)
  await reader.close()
  return found
}

/** A disk that fails on purpose: it writes only so many bytes of each of its first calls, and then says why not more. */
const failing = (quotas: readonly number[], changes: Partial<Disk> = {}): Disk => {
  const left = [...quotas]
  return {
    ...disk,
    write: async (file, pieces) => {
      const quota = left.shift()
      if (quota === undefined) return disk.write(file, pieces)
      if (quota === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
      const bytes = Buffer.concat(pieces)
      return disk.write(file, [bytes.subarray(0, Math.max(1, quota % bytes.length))])
    },
    ...changes,
  }
}

/** It works while the checkpoint is made, and is bad from then on. */
const goingBad = (bad: Disk): { readonly system: Disk; goBad(): void } => {
  let now: Disk = disk
  return {
    system: {
      write: (file, pieces) => now.write(file, pieces),
      sync: (file) => now.sync(file),
      truncate: (file, size) => now.truncate(file, size),
    },
    goBad: () => void (now = bad),
  }
}

describe('a checkpoint that is written', () => {
  it.each(['process', 'power'] as const)('gives back what was appended, kept for %s', async (durability) => {
    await using place = await scratch()
    const dir = place.at('000/checkpoint')
    const writer = await createCheckpoint(dir, { durability, runId: 'run' })
    const body = { body: 'body of align', parts: [{ label: 'function align', digest: 'cd34' }] }
    await writer.append([body, entryOf(1), entryOf(2, { value: new Uint8Array(0), parts: [], outputs: [] })])
    await writer.append([])
    await writer.close()
    const reader = await openCheckpoints([dir])
    expect(reader.entries).toBe(2)
    expect(reader.problems).toEqual([])
    expect(await reader.read(keyOf(1))).toEqual(entryOf(1))
    expect(await reader.read(keyOf(2))).toEqual(entryOf(2, { value: new Uint8Array(0), parts: [], outputs: [] }))
    expect(await reader.bodyParts('body of align')).toEqual(body.parts)
    expect(await reader.bodyParts('another')).toBeUndefined()
    await reader.close()
  })

  it('belongs to one writer: a second one is told who the first is', async () => {
    await using place = await scratch()
    const writer = await createCheckpoint(place.path, options)
    const error = await errorOf(createCheckpoint(place.path, options))
    expect(error.code).toBe('PARSL_CHECKPOINT')
    expect(error.message).toContain(`process ${process.pid} on`)
    expect(error.message).toContain('which writes it now. Each run writes a checkpoint of its own')
    await writer.close()
    expect((await errorOf(createCheckpoint(place.path, options))).message).toContain('Each run writes')
  })

  it('belongs to one writer when many want it at once', async () => {
    await using place = await scratch()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => createCheckpoint(place.at('000/checkpoint'), options)),
    )
    const [won, ...others] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(others).toEqual([])
    await won?.close()
  })

  it('cannot be made where a file is in the way', async () => {
    await using place = await scratch()
    await place.fill('000')
    const error = await errorOf(createCheckpoint(place.at('000/checkpoint'), options))
    expect(error.message).toMatch(/^cannot use the checkpoint .*tasks\.ckpt: it cannot be made: /)
  })

  it('leaves no file where its first bytes cannot be written', async () => {
    await using place = await scratch()
    const error = await errorOf(createCheckpoint(place.path, options, failing([10, 0])))
    expect(error.message).toContain('it cannot be made: ENOSPC')
    expect(await readdir(place.path)).toEqual([])
  })

  it('takes nothing more once it is closed, which may happen twice', async () => {
    await using place = await scratch()
    const writer = await createCheckpoint(place.path, options)
    const last = writer.append([entryOf(1)])
    await Promise.all([writer.close(), writer.close(), last])
    expect((await errorOf(writer.append([entryOf(2)]))).message).toContain('its writer is closed')
    expect(await numbersIn(place.path, 3)).toEqual([1])
  })

  it('refuses a key of another length', async () => {
    await using place = await scratch()
    const writer = await createCheckpoint(place.path, options)
    const error = await errorOf(writer.append([entryOf(1, { key: new Uint8Array(16) })]))
    expect(error.message).toBe('a key in a checkpoint has 32 bytes, not 16')
    await writer.append([entryOf(2)])
    await writer.close()
    expect(await numbersIn(place.path, 3)).toEqual([2])
  })
})

describe('appends', () => {
  it('that come while a sync is under way share the next one', async () => {
    await using place = await scratch()
    const release = Promise.withResolvers<void>()
    let syncs = 0
    const slow: Disk = {
      ...disk,
      sync: async (file) => {
        syncs++
        await release.promise
        await disk.sync(file)
      },
    }
    const { system, goBad } = goingBad(slow)
    const writer = await createCheckpoint(place.path, { durability: 'power', runId: 'run' }, system)
    goBad()
    const first = writer.append([entryOf(0)])
    await eventually(() => syncs === 1)
    const others = Array.from({ length: 50 }, (_, index) => writer.append([entryOf(index + 1)]))
    release.resolve()
    await Promise.all([first, ...others])
    expect(syncs).toBe(2)
    await writer.close()
    expect(await numbersIn(place.path, 60)).toHaveLength(51)
  })

  it('resolve only when they are synced, where power must not be able to take them', async () => {
    await using place = await scratch()
    const { system, goBad } = goingBad({ ...disk, sync: () => Promise.reject(new Error('EIO: i/o error, fdatasync')) })
    const writer = await createCheckpoint(place.path, { durability: 'power', runId: 'run' }, system)
    goBad()
    const error = await errorOf(writer.append([entryOf(1)]))
    expect(error.message).toContain('tasks.ckpt: results cannot be written: EIO: i/o error, fdatasync')
    await writer.close()
  })

  it('that the disk took in part are taken out, alone, and later ones are found', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(2_000), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (quotas, canTruncate) => {
          await using place = await scratch()
          const truncate = canTruncate ? disk.truncate : () => Promise.reject(new Error('EIO: i/o error, ftruncate'))
          const { system, goBad } = goingBad(failing([...quotas, 0], { truncate }))
          const writer = await createCheckpoint(place.path, options, system)
          goBad()
          const kept: number[] = []
          const append = (number: number): Promise<unknown> =>
            writer.append([entryOf(number)]).then(
              () => kept.push(number),
              (error: Error) => expect(error.message).toContain('ENOSPC: no space left on device'),
            )
          await Promise.all([0, 1, 2, 3].map(append))
          for (let number = 4; number < 20; number++) await append(number)
          await writer.close()
          expect(kept.length).toBeGreaterThan(8)
          const found = await numbersIn(place.path, 20)
          expect(found).toEqual(expect.arrayContaining(kept))
          // Where it could not be taken out, it may be there though it was refused.
          const refused = canTruncate ? found.filter((number) => !kept.includes(number)) : []
          expect(refused).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })

  it('are found by a reader while the writer goes on', async () => {
    await using place = await scratch()
    const writer = await createCheckpoint(place.path, options)
    await writer.append([entryOf(1)])
    expect(await numbersIn(place.path, 5)).toEqual([1])
    await writer.append([entryOf(2)])
    expect(await numbersIn(place.path, 5)).toEqual([1, 2])
    await writer.close()
  })

  it('keep values that are longer than what is read at once', async () => {
    await using place = await scratch()
    const value = new Uint8Array(5_000_000).map((_, index) => index % 251)
    const dir = await checkpointOf(place.path, 0, [entryOf(1), entryOf(2, { value }), entryOf(3)])
    const reader = await openCheckpoints([dir])
    expect(Buffer.compare((await reader.read(keyOf(2)))?.value as Uint8Array, value)).toBe(0)
    expect(await reader.read(keyOf(3))).toEqual(entryOf(3))
    await reader.close()
  })
})

describe('a file that is there already', () => {
  it.each([
    ['empty', ''],
    ['of something else', 'hello'],
  ])('is not touched, though it is %s', async (_what, text) => {
    await using place = await scratch()
    const path = join(place.at('000/checkpoint'), 'tasks.ckpt')
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    const error = await errorOf(createCheckpoint(dirname(path), options))
    expect(error.message).toContain('Each run writes a checkpoint of its own')
    expect(await readFile(path, 'utf8')).toBe(text)
  })
})
