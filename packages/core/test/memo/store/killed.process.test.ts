import { cp, readdir } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually, scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { pruneCheckpoints } from '../../../src/memo/store/prune.js'
import { openCheckpoints } from '../../../src/memo/store/open.js'
import { getAllCheckpoints } from '../../../src/memo/store/places.js'
import { repeatedly } from '../../programs/run-program.js'
import { type Child, startChild } from './child.js'
import { checkpointOf, entryOf, keyOf } from './samples.js'

const guard = { guardMs: 50_000 }
const isReady = (child: Child) => () => child.lines.includes('ready')

const numbersOf = (child: Child): readonly number[] =>
  child.lines.filter((line) => line.startsWith('kept ')).map((line) => Number(line.slice('kept '.length)))

describe('a program that is killed while it keeps results', () => {
  it.each(['process', 'power'] as const)('loses none that it was told is kept, for %s', async (durability) => {
    let kept = 0
    await repeatedly(10, async (draw) => {
      await using place = await scratch()
      await using child = startChild('keep-results', [place.path, durability])
      await eventually(isReady(child), { ...guard, state: child.errorText })
      await pause(draw(300))
      child.kill()
      await child.ended
      const numbers = numbersOf(child)
      kept += numbers.length
      const reader = await openCheckpoints([place.path])
      for (const number of numbers) {
        const entry = await reader.read(keyOf(number))
        expect(entry?.taskId).toBe(number)
        expect(entry?.value.every((byte) => byte === number % 256)).toBe(true)
      }
      expect(reader.entries).toBeGreaterThanOrEqual(numbers.length)
      await reader.close()
    })
    expect(kept).toBeGreaterThan(10)
  })

  it('may be read all the while', async () => {
    await using place = await scratch()
    await using child = startChild('keep-results', [place.path])
    await eventually(isReady(child), { ...guard, state: child.errorText })
    let entries = 0
    const readAgain = async (): Promise<boolean> => {
      const numbers = numbersOf(child)
      const reader = await openCheckpoints([place.path])
      expect(reader.entries).toBeGreaterThanOrEqual(Math.max(entries, numbers.length))
      for (const number of numbers.slice(-20)) expect((await reader.read(keyOf(number)))?.taskId).toBe(number)
      entries = reader.entries
      await reader.close()
      return entries > 500
    }
    await eventually(readAgain, { ...guard, state: () => [entries, child.lines.slice(-5), child.errorText()] })
  })
})

/** The newest entry of each key, in short. */
const newestIn = async (runDir: string): Promise<ReadonlyMap<number, string>> => {
  const reader = await openCheckpoints(await getAllCheckpoints(runDir))
  expect(reader.problems).toEqual([])
  const newest = new Map<number, string>()
  for await (const { entry } of reader.scan({ values: true }))
    newest.set(entry.taskId, `${entry.at} ${entry.value?.length} ${entry.value?.[0]}`)
  for (const number of newest.keys()) expect((await reader.read(keyOf(number)))?.taskId).toBe(number)
  await reader.close()
  return newest
}

/** Three runs, of which the later ones have a part of the earlier ones' results again. */
const manyRuns = async (runDir: string, count: number, bytes: number): Promise<void> => {
  for (let run = 0; run < 2; run++) {
    const entries = Array.from({ length: count }, (_, index) =>
      entryOf(index * (run + 1), { at: run * 1_000 + index, value: new Uint8Array(bytes).fill(run) }),
    )
    await checkpointOf(runDir, run, run === 1 ? [...entries, ...entries] : entries)
  }
  await checkpointOf(
    runDir,
    2,
    Array.from({ length: count }, (_, index) => entryOf(index)),
  )
}

const leftovers = async (runDir: string): Promise<readonly string[]> => {
  const names = await readdir(runDir, { recursive: true })
  return names.filter((name) => name.endsWith('.tmp'))
}

const killedIn = async (template: string, at: number, kill: (child: Child) => Promise<void>): Promise<unknown> => {
  await using place = await scratch()
  await cp(template, place.path, { recursive: true })
  const before = await newestIn(place.path)
  await using child = startChild('prune-results', [place.path, String(at)])
  await kill(child)
  const outcome = await child.ended
  expect(child.errorText()).toBe('')
  expect(await newestIn(place.path)).toEqual(before)
  await pruneCheckpoints({ runDir: place.path })
  expect(await newestIn(place.path)).toEqual(before)
  expect(await leftovers(place.path)).toEqual([])
  return outcome
}

describe('pruning that is killed', () => {
  it('loses nothing before whichever change of the disk that is, and the next one cleans up', async () => {
    await using template = await scratch()
    await manyRuns(template.path, 6, 100)
    const outcomes: unknown[] = []
    let at = 0
    const worker = async (): Promise<void> => {
      while (!outcomes.includes(0)) outcomes.push(await killedIn(template.path, ++at, () => Promise.resolve()))
    }
    await Promise.all([worker(), worker(), worker()])
    expect(outcomes.filter((outcome) => outcome === 'SIGKILL').length).toBeGreaterThan(10)
    expect(new Set(outcomes)).toEqual(new Set(['SIGKILL', 0]))
  })

  it('loses nothing at any moment', async () => {
    await using template = await scratch()
    await manyRuns(template.path, 60, 100_000)
    let killed = 0
    await repeatedly(8, async (draw) => {
      const outcome = await killedIn(template.path, 0, async (child) => {
        await eventually(isReady(child), { ...guard, state: child.errorText })
        await pause(draw(300))
        child.kill()
      })
      if (outcome === 'SIGKILL') killed++
    })
    expect(killed).toBeGreaterThan(1)
  })
})
