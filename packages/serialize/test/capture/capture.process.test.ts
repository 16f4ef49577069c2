import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { program } from './corpus.ts'
import type { Verdicts } from './matrix/judge.ts'

describe('functions that were captured in one process and run in another', () => {
  it('are right in every case of both lists', () => {
    const lists = program(['cases.ts']) as Record<string, Verdicts>
    const counts = Object.entries(lists).map(([name, verdicts]) => [name, Object.keys(verdicts).length])
    expect(Object.fromEntries(counts)).toEqual({ given: 54, more: 50, meta: 1, shapes: 16 })
    const verdicts = Object.values(lists).flatMap((list) => Object.entries(list))
    const failed = verdicts.filter(([, verdict]) => verdict !== null)
    expect(Object.fromEntries(failed)).toEqual({})
  })

  it('keep their classes on the way back, read anew what is assigned again, and find what both sides have', () => {
    expect(program(['back.ts'])).toEqual({
      before: 20,
      after: 30,
      isVector: true,
      x: 3,
      countsHere: 2,
      three: [4, 5],
      again: 4,
      where: 'there',
      nested: 'there',
    })
  })

  it('come as messages of their own, with classes that are one in all messages of a task', () => {
    expect(program(['apart.ts'])).toEqual({
      sizes: [1, 1, 1],
      scales: [20, 30],
      // What is held directly is as it was first; what a variable that is assigned again leads to is as it is.
      mixes: [
        [true, 2, null, 3],
        [true, 2, [1, 4], 4],
        [false, 2, [2, 8], 8],
      ],
      same: true,
      changes: ['size', 'mixed', 'shift'],
      tasks: [
        [true, 1, true, 2],
        [true, 1, true, 2],
      ],
      error: [true, true, 3, 9, 'no'],
      result: 9,
      many: { sum: 2001000, codes: 1, asked: 1 },
      small: true,
    })
  })

  it('are not captured where Node does not allow its inspector, with the fix', () => {
    const node = ['--permission', '--allow-fs-read=*']
    expect(program(['allowed.ts'], { node })).toEqual({
      code: 'PARSL_SERIALIZE',
      message: expect.stringContaining('Node runs with --permission') as unknown,
    })
    if (!process.allowedNodeEnvironmentFlags.has('--allow-inspector')) return
    expect(program(['allowed.ts'], { node: [...node, '--allow-inspector'] })).toEqual({})
  })

  it('leave awaiting as fast as it was', () => {
    const times = program(['speed.ts']) as { enabled: number; disabled: number }
    console.log('milliseconds for a million awaits, and microseconds per capture:', times)
    expect(times.enabled).toBe(1)
    expect(times.disabled).toBe(1)
  })
})

describe('the identity of a function', () => {
  const main = `import { helper } from './helper.ts'
const base = 10
export const task = (x: number) => helper(x) + base
`
  const helper = 'export const helper = (x: number) => x * 2\n'
  let dir = ''
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'parsl-identity-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  const identity = async (files: { main: string; helper: string }): Promise<unknown> => {
    await writeFile(join(dir, 'main.ts'), files.main)
    await writeFile(join(dir, 'helper.ts'), files.helper)
    return program(['identity.ts', join(dir, 'main.ts')])
  }

  it('is another when a function in another file is edited', async () => {
    const before = await identity({ main, helper })
    expect(await identity({ main, helper: helper.replace('2', '3') })).not.toBe(before)
  })

  it('is another when a captured value is', async () => {
    const before = await identity({ main, helper })
    expect(await identity({ main: main.replace('10', '11'), helper })).not.toBe(before)
  })

  it('stays through comments, formatting and what it does not reach', async () => {
    const before = await identity({ main, helper })
    const formatted = main.replace('(x: number) =>', '(\n  x: number, // the input\n) =>\n  /* sum */')
    const moved = `// a comment\n\nconst unused = 1\n${formatted}`
    expect(await identity({ main: moved, helper: `/* more */ ${helper}export const other = 1\n` })).toBe(before)
  })
})
