import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorOf, scratch } from '@parsl/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pruneCheckpoints } from '../../../src/index.js'
import { createCheckpoint } from '../../../src/memo/store/create.js'
import type { MemoEntry } from '../../../src/memo/store/entries.js'
import { encodeHeader, encodeRecord, KIND } from '../../../src/memo/store/layout.js'
import { openCheckpoints } from '../../../src/memo/store/open.js'
import { getAllCheckpoints } from '../../../src/memo/store/places.js'
import { ownMark, type WriterMark } from '../../../src/memo/store/writer-mark.js'
import { checkpointOf, entryOf, keyOf } from './samples.js'

const DAY = 86_400_000

const entriesIn = async (dirs: readonly string[]): Promise<readonly string[]> => {
  const reader = await openCheckpoints(dirs)
  expect(reader.problems).toEqual([])
  const found: string[] = []
  for await (const { entry, dir } of reader.scan({ values: true })) {
    expect(entry).toEqual(entryOf(entry.taskId, { app: entry.app, at: entry.at, value: entry.value as Uint8Array }))
    found.push(`${dir.split('/').at(-2)} ${entry.taskId} ${entry.app} ${entry.at} ${String(entry.value)}`)
  }
  await reader.close()
  return found
}

const fileIn = (dir: string): string => join(dir, 'tasks.ckpt')

/** A checkpoint whose writer is whoever the mark says, and never said that it ended. */
const openCheckpointOf = async (dir: string, mark: WriterMark, entry: MemoEntry): Promise<void> => {
  const source = await checkpointOf(`${dir}.source`, 0, [entry])
  const bytes = await readFile(fileIn(source))
  const number = bytes.readUInt32LE(12)
  const record = bytes.subarray(bytes.indexOf(entry.key) - 28, bytes.length - 68)
  const writer = encodeRecord({ mark: number, kind: KIND.writer, meta: JSON.stringify(mark) })
  await rm(`${dir}.source`, { recursive: true })
  await mkdir(dir, { recursive: true })
  await writeFile(fileIn(dir), Buffer.concat([encodeHeader(number), ...writer, record]))
}

describe('pruning', () => {
  it('drops results that a later run, or the same, has again', async () => {
    await using place = await scratch()
    const first = await checkpointOf(place.path, 0, [entryOf(1), entryOf(1), entryOf(2), entryOf(3)])
    const second = await checkpointOf(place.path, 1, [entryOf(2)])
    const third = await checkpointOf(place.path, 2, [entryOf(2)])
    const sizes = await Promise.all([first, second, third].map(async (dir) => (await stat(fileIn(dir))).size))
    const report = await pruneCheckpoints({ runDir: place.path })
    expect(report).toMatchObject({ kept: 3, dropped: 3, problems: [] })
    expect(report.files).toMatchObject([
      { path: fileIn(first), outcome: 'rewritten', kept: 2, dropped: 2 },
      { path: fileIn(second), outcome: 'removed', kept: 0, dropped: 1, bytesFreed: sizes[1] },
      { path: fileIn(third), outcome: 'unchanged', kept: 1, dropped: 0, bytesFreed: 0 },
    ])
    expect(report.files[0]?.bytesFreed).toBe((sizes[0] as number) - (await stat(fileIn(first))).size)
    expect(report.bytesFreed).toBe((report.files[0]?.bytesFreed as number) + (sizes[1] as number))
    expect(await getAllCheckpoints(place.path)).toEqual([first, third])
    expect(await readdir(place.at('001'))).toEqual([])
    const again = await pruneCheckpoints({ runDir: place.path })
    expect(again).toMatchObject({ kept: 3, dropped: 0, bytesFreed: 0 })
  })

  it('keeps what it should, whatever is there and whatever is asked for', async () => {
    const entries = fc.record({
      number: fc.nat(5),
      app: fc.constantFrom('align', 'total'),
      days: fc.nat(9),
      isLong: fc.boolean(),
    })
    const conditions = fc.record(
      { olderThan: fc.nat(9), app: fc.constantFrom('align', 'total'), keepRuns: fc.nat(4) },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(entries, { maxLength: 6 }), { maxLength: 4 }),
        conditions,
        async (runs, asked) => {
          await using place = await scratch()
          const now = Date.now()
          const made = runs.map((run) =>
            run.map(({ number, app, days, isLong }) =>
              // The age that counts is some minutes off, so that the time this takes is of no matter.
              entryOf(number, {
                app,
                at: now - days * DAY - 600_000,
                value: new Uint8Array(isLong ? 70_000 : 3).fill(days),
              }),
            ),
          )
          for (const [run, all] of made.entries()) await checkpointOf(place.path, run, all)
          const newest = new Map(
            made.flatMap((all, run) => all.map((entry, at) => [entry.taskId, `${run} ${at}`] as const)),
          )
          const stays = made.flatMap((all, run) =>
            all
              .filter((entry, at) => {
                const { olderThan, app, keepRuns } = asked
                const meets = [
                  olderThan === undefined || entry.at < now - olderThan * DAY,
                  app === undefined || entry.app === app,
                  keepRuns === undefined || run < runs.length - keepRuns,
                ]
                const isUnwanted = Object.keys(asked).length > 0 && meets.every(Boolean)
                return newest.get(entry.taskId) === `${run} ${at}` && !isUnwanted
              })
              .map(
                (entry) =>
                  `${String(run).padStart(3, '0')} ${entry.taskId} ${entry.app} ${entry.at} ${String(entry.value)}`,
              ),
          )
          const { olderThan, ...rest } = asked
          const options = {
            runDir: place.path,
            ...rest,
            ...(olderThan === undefined ? {} : { olderThan: `${olderThan}d` }),
          }
          const before = await entriesIn(await getAllCheckpoints(place.path))
          const dry = await pruneCheckpoints({ ...options, dryRun: true })
          expect(await entriesIn(await getAllCheckpoints(place.path))).toEqual(before)
          const report = await pruneCheckpoints(options)
          const left = await getAllCheckpoints(place.path)
          expect(await entriesIn(left)).toEqual(stays)
          expect(dry).toEqual(report)
          expect([report.kept, report.kept + report.dropped]).toEqual([stays.length, made.flat().length])
        },
      ),
      { numRuns: 25 },
    )
  }, 60_000)

  it('keeps what functions consisted of as long as an entry of the file names them', async () => {
    await using place = await scratch()
    const dir = place.at('000/checkpoint')
    const writer = await createCheckpoint(dir, { durability: 'process', runId: 'run' })
    for (const [number, body] of ['kept', 'dropped'].entries()) {
      await writer.append([{ body, parts: [{ label: body, digest: '' }] }, entryOf(number, { body, app: body })])
    }
    await writer.close()
    await pruneCheckpoints({ runDir: place.path, app: 'dropped' })
    const reader = await openCheckpoints([dir])
    expect(await reader.bodyParts('kept')).toEqual([{ label: 'kept', digest: '' }])
    expect(await reader.bodyParts('dropped')).toBeUndefined()
    expect(await reader.read(keyOf(0))).toEqual(entryOf(0, { body: 'kept', app: 'kept' }))
    await reader.close()
  })

  it('takes nothing from a reader that has the files open', async () => {
    await using place = await scratch()
    const dirs = [
      await checkpointOf(place.path, 0, [entryOf(1), entryOf(2)]),
      await checkpointOf(place.path, 1, [entryOf(3)]),
    ]
    const reader = await openCheckpoints(dirs)
    await pruneCheckpoints({ runDir: place.path, olderThan: 0 })
    expect(await getAllCheckpoints(place.path)).toEqual([])
    for (const number of [1, 2, 3]) expect(await reader.read(keyOf(number))).toEqual(entryOf(number))
    await reader.close()
  })

  it('reads all of long results, so that none is dropped for one that is damaged', async () => {
    await using place = await scratch()
    const value = new Uint8Array(3_000_000)
    const first = await checkpointOf(place.path, 0, [entryOf(1)])
    const second = await checkpointOf(place.path, 1, [entryOf(1, { value })])
    const bytes = await readFile(fileIn(second))
    bytes[1_500_000] = 1
    await writeFile(fileIn(second), bytes)
    const report = await pruneCheckpoints({ runDir: place.path })
    expect(report.files.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged'])
    expect(report.problems).toHaveLength(1)
    expect(await entriesIn([first])).toHaveLength(1)
  })

  it('refuses options that it does not know, all at once', async () => {
    const error = await errorOf(pruneCheckpoints({ runDir: '', keepRun: 1, olderThan: 'long' } as never))
    expect(error.code).toBe('PARSL_CONFIG')
    expect(error.details).toMatchObject({ complaints: { length: 3 } })
    expect(error.message).toContain('keepRuns')
  })

  it('finds nothing to do where nothing ran', async () => {
    await using place = await scratch()
    const report = await pruneCheckpoints({ runDir: place.at('runinfo') })
    expect(report).toEqual({ files: [], kept: 0, dropped: 0, bytesFreed: 0, problems: [] })
  })
})

describe('a file that pruning must leave alone', () => {
  it('is one whose writer lives; what supersedes others in it counts', async () => {
    await using place = await scratch()
    const first = await checkpointOf(place.path, 0, [entryOf(1), entryOf(2)])
    const dir = place.at('001/checkpoint')
    const writer = await createCheckpoint(dir, { durability: 'process', runId: 'run' })
    await writer.append([entryOf(1), entryOf(1)])
    const report = await pruneCheckpoints({ runDir: place.path })
    expect(report.files).toMatchObject([
      { outcome: 'rewritten', kept: 1, dropped: 1 },
      { outcome: 'skipped', reason: `process ${process.pid} may write to it`, kept: 0, dropped: 0 },
    ])
    await writer.append([entryOf(3)])
    await writer.close()
    expect(await entriesIn([first, dir])).toHaveLength(4)
    expect((await pruneCheckpoints({ runDir: place.path })).dropped).toBe(1)
  })

  it('is one whose writer is on another host, unless it is said to have ended', async () => {
    await using place = await scratch()
    const dir = place.at('000/checkpoint')
    const mark = { ...(await ownMark('run')), boot: 'another', host: 'login2' }
    await openCheckpointOf(dir, mark, entryOf(1))
    expect(await entriesIn([dir])).toHaveLength(1)
    const report = await pruneCheckpoints({ runDir: place.path, keepRuns: 0 })
    expect(report.files[0]?.reason).toBe(
      `process ${process.pid} on login2 may write to it; assumeEnded: true takes it for finished`,
    )
    await pruneCheckpoints({ runDir: place.path, keepRuns: 0, assumeEnded: true })
    expect(await getAllCheckpoints(place.path)).toEqual([])
  })

  it('is not one whose process id another process has by now', async () => {
    await using place = await scratch()
    const mark = { ...(await ownMark('run')), started: 'earlier' }
    await openCheckpointOf(place.at('000/checkpoint'), mark, entryOf(1))
    expect((await pruneCheckpoints({ runDir: place.path, keepRuns: 0 })).dropped).toBe(1)
  })

  it('is one that is just being made, or that is no checkpoint', async () => {
    await using place = await scratch()
    await place.fill('000/checkpoint/tasks.ckpt', '001/checkpoint/', '001/checkpoint/note')
    await mkdir(place.at('002/checkpoint'), { recursive: true })
    await writeFile(place.at('002/checkpoint/tasks.ckpt'), '')
    const report = await pruneCheckpoints({ runDir: place.path, keepRuns: 0 })
    expect(report.files).toMatchObject([
      { outcome: 'skipped', reason: 'it is no checkpoint, or nothing in it can be read any more' },
      { outcome: 'skipped', reason: 'who writes it cannot be told; assumeEnded: true takes it for finished' },
    ])
    expect(await readdir(place.at('001/checkpoint'))).toEqual(['note'])
  })

  it('is not one whose program was killed while it wrote; what it wrote in part goes too', async () => {
    await using place = await scratch()
    const dir = place.at('000/checkpoint')
    const killed = { ...(await ownMark('run')), started: 'earlier' }
    await openCheckpointOf(dir, killed, entryOf(1))
    const { size } = await stat(fileIn(dir))
    await appendFile(fileIn(dir), (await readFile(fileIn(dir))).subarray(-100, -1))
    const report = await pruneCheckpoints({ runDir: place.path })
    expect(report.files).toMatchObject([{ outcome: 'unchanged', kept: 1 }])
    expect(report.problems).toEqual([
      `${fileIn(dir)}: the last 99 bytes (from ${size} on) are no whole record, and were passed over`,
    ])
    await checkpointOf(place.path, 1, [entryOf(1)])
    expect((await pruneCheckpoints({ runDir: place.path })).files).toMatchObject([{ outcome: 'removed' }, { kept: 1 }])
  })
})

describe('what an earlier pruning left when it was killed', () => {
  it('goes, unless its process lives', async () => {
    await using place = await scratch()
    const dir = await checkpointOf(place.path, 0, [entryOf(1)])
    const own = await ownMark('prune')
    const leave = async (name: string, mark: WriterMark): Promise<void> => {
      const [record] = encodeRecord({ mark: 7, kind: KIND.writer, meta: JSON.stringify(mark) })
      await writeFile(join(dir, name), Buffer.concat([encodeHeader(7), record as Uint8Array]))
    }
    await writeFile(join(dir, 'tasks.ckpt.early.tmp'), '')
    await leave('tasks.ckpt.dead.tmp', { ...own, started: 'earlier' })
    await leave('tasks.ckpt.alive.tmp', own)
    await pruneCheckpoints({ runDir: place.path, dryRun: true })
    expect(await readdir(dir)).toHaveLength(4)
    await pruneCheckpoints({ runDir: place.path })
    expect((await readdir(dir)).toSorted()).toEqual(['tasks.ckpt', 'tasks.ckpt.alive.tmp'])
    expect(dirname(dir)).toBe(place.at('000'))
  })
})
