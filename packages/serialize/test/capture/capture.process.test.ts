import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { program, runCorpus } from './corpus.ts'

const gaps = async (file: string): Promise<{ total: number; failed: string[]; said: object }> => {
  const verdicts = await runCorpus(file)
  const said = Object.fromEntries(Object.entries(verdicts).filter(([, verdict]) => verdict !== undefined))
  return { total: Object.keys(verdicts).length, failed: Object.keys(said), said }
}

describe('functions that were captured in one process and run in another', () => {
  it('54 of 54 cases of the corpus', async () => {
    const { total, failed, said } = await gaps('cases')
    console.log(`${total - failed.length} of ${total} cases of the corpus`)
    expect(total).toBe(54)
    expect(failed, JSON.stringify(said, undefined, 2)).toEqual([])
  })

  it('50 of 50 cases of the second list', async () => {
    const { total, failed, said } = await gaps('more')
    expect(total).toBe(50)
    expect(failed, JSON.stringify(said, undefined, 2)).toEqual([])
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
