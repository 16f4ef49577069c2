import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { getAllCheckpoints, openCheckpoints } from '@parsl/core'
import { scratch } from '@parsl/testing'

const LEAVES = 5_000
const KILLS = 20
const SEED = Number(process.env['PARSL_TEST_SEED'] ?? 1)

/** Numbers from 0 up to 1 that follow from a seed. */
const generator = (seed: number) => {
  let state = seed
  return (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface Night {
  readonly folder: string
  readonly journal: string
}

async function* linesOf(reader: Interface): AsyncGenerator<string> {
  for (;;) yield ((await once(reader, 'line')) as [string])[0]
}

const start = ({ folder, journal }: Night, round: number) => {
  const program = join(import.meta.dirname, 'programs', 'night.ts')
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, JSON.stringify({ journal, leaves: LEAVES })],
    {
      cwd: folder,
      env: { ...process.env, NIGHT_ROUND: String(round) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const lines: string[] = []
  const errors: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => void errors.push(text))
  const ended = once(child, 'close')
  const reader = createInterface({ input: child.stdout }).on('line', (line) => void lines.push(line))
  const ran = async (count: number): Promise<void> => {
    for await (const line of linesOf(reader)) if (line.startsWith('ran ') && Number(line.slice(4)) >= count) return
  }
  return { child, lines, errors, ended, ran }
}

/** Names of the tasks whose results are in the checkpoints now. */
const keptNames = async (folder: string): Promise<Set<string>> => {
  const reader = await openCheckpoints(await getAllCheckpoints(join(folder, 'runinfo')))
  const names = new Set<string>()
  for await (const { entry } of reader.scan()) names.add(entry.parts[0]?.shown?.slice(1, -1) ?? '')
  await reader.close()
  return names
}

const ranIn = async (journal: string, round: number): Promise<string[]> => {
  const text = await readFile(journal, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line.startsWith(`${round} `))
  return lines.map((line) => line.slice(line.indexOf(' ') + 1))
}

it(
  'ends with the right result, and runs nothing twice whose result was kept, whenever it is killed',
  { timeout: 600_000 },
  async () => {
    await using place = await scratch()
    const night: Night = { folder: place.path, journal: join(place.path, 'journal') }
    const random = generator(SEED)
    let kept = new Set<string>()
    const check = async (round: number): Promise<string[]> => {
      const ran = await ranIn(night.journal, round)
      expect(
        ran.filter((name) => kept.has(name)),
        `of round ${round}`,
      ).toEqual([])
      return ran
    }
    let moved = 0
    for (let round = 0; round < KILLS; round++) {
      const { child, ended, ran } = start(night, round)
      // Every third at any moment of its start; the others as they go on.
      await Promise.race([round % 3 === 2 ? pause(random() * 1_500) : ran(1 + random() * 900), ended])
      child.kill('SIGKILL')
      await ended
      const names = await check(round)
      kept = await keptNames(night.folder)
      moved += names.length
    }
    const { ended, lines, errors } = start(night, KILLS)
    expect(await ended, errors.join('')).toEqual([0, null])
    const total = Array.from({ length: LEAVES }, (_, n) => (n * n) % 1_009).reduce((sum, n) => sum + n, 0)
    expect(lines.at(-1)).toBe(`total ${total}, ${LEAVES * 2} tasks`)
    const last = await check(KILLS)
    expect(new Set(moved > 0 ? last : []).size).toBe(last.length)
    expect(moved).toBeGreaterThan(KILLS)
    expect((await keptNames(night.folder)).size).toBe(LEAVES * 2)
  },
)
