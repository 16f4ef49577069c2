import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Plan, planOf } from '../../src/capture/plan.ts'
import { createStackMapper } from '../../src/capture/stacks.ts'
import { parsed } from './parsed.ts'

const url = 'file:///user/out/main.js'

/** The plans of all functions of a script. */
const plansOf = (text: string, sourceMapURL = ''): Plan[] => {
  const tree = parsed(text, { url, sourceMapURL })
  return [...tree.functions.values()].map((node) => planOf(tree, node, () => undefined))
}

/** Each place of line 1 stands at the same column of line 10 of the source. */
const map = (parts: object = {}): string =>
  JSON.stringify({
    version: 3,
    names: [],
    sources: ['../src/main.ts'],
    mappings: 'AASA,CAAC,CAAC,CAAC,CAAC,CAAC',
    ...parts,
  })

const inline = (text: string): string => `data:application/json;base64,${Buffer.from(text).toString('base64')}`

const mapper = (plans: readonly Plan[]) => createStackMapper(() => plans)

describe('a stack that came from elsewhere', () => {
  const stack = `Error: two
    at lines (of ${url}:1:3)
    at run (${url}:1:4)
    at async ${url}:1:2
    at work (file:///worker/run.js:5:5)
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)`

  it("points into the user's file, without the frames that called the function", () => {
    expect(mapper(plansOf('() => 1', inline(map())))(stack)).toBe(`Error: two
    at lines (of ${url}:1:3)
    at run (file:///user/src/main.ts:10:4)
    at async file:///user/src/main.ts:10:2`)
  })

  it('keeps its places where there is no map, or none that can be read', () => {
    const kept = stack.split('\n').slice(0, 4).join('\n')
    const urls = ['', 'none.map', inline('{'), inline(map({ mappings: '' }))]
    for (const sourceMapURL of urls) expect(mapper(plansOf('() => 1', sourceMapURL))(stack)).toBe(kept)
  })

  it('stays as it is if nothing of it was captured here', () => {
    expect(mapper([])(stack)).toBe(stack)
    expect(mapper(plansOf('() => 1'))('no stack')).toBe('no stack')
  })

  it('is right behind what capture put into the text', () => {
    const text = 'let n=0;const f=()=>{n++;n++;throw n}'
    const [plan] = plansOf(text) as [Plan]
    const moved = text.indexOf('()=>') + plan.text.indexOf('throw')
    expect(moved).toBeGreaterThan(text.indexOf('throw'))
    expect(mapper([plan])(`Error\n    at f (${url}:1:${moved + 1})`)).toBe(
      `Error\n    at f (${url}:1:${text.indexOf('throw') + 1})`,
    )
  })
})

describe('a source map in a file', () => {
  let dir = ''
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'parsl-map-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  it.each([
    [{}, '../src/main.ts'],
    [{ sourceRoot: '/elsewhere', sources: ['a.ts'] }, '/elsewhere/a.ts'],
    [{ sourceRoot: 'lib/', sources: ['a.ts'] }, './lib/a.ts'],
    [{ sources: ['webpack://app/a.ts'] }, 'webpack://app/a.ts'],
  ])('names its sources relative to itself: %j', async (parts, expected) => {
    const file = join(dir, 'main.js.map')
    await writeFile(file, map(parts))
    const address = pathToFileURL(file).href
    const mapped = mapper(plansOf('() => 1', address))(`Error\n    at ${url}:1:1`)
    expect(mapped).toBe(`Error\n    at ${new URL(expected, address).href}:10:1`)
  })
})
