import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { program } from './corpus.ts'

describe('a package that a function imports', () => {
  let dir = ''
  beforeEach(async () => {
    dir = await realpath(await mkdtemp(join(tmpdir(), 'parsl-packages-')))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  const install = async (version: string, text = `export const answer = '${version}'`): Promise<void> => {
    const folder = join(dir, 'node_modules', 'answers')
    await mkdir(folder, { recursive: true })
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'answers', version, type: 'module', exports: './index.js' }),
    )
    await writeFile(join(folder, 'index.js'), text)
  }

  const task = async (text: string): Promise<string> => {
    const file = join(dir, 'main.ts')
    await writeFile(file, text)
    return program(['export.ts', file]) as string
  }

  const direct = "import { answer } from 'answers'\nexport const task = () => answer\n"
  const where = () => `cannot read what arrived: task (${pathToFileURL(join(dir, 'main.ts')).href}:2)`

  it('is imported where the function runs', async () => {
    await install('1.0.0')
    const sent = await task(direct)
    expect(program(['worker.ts'], { input: sent })).toEqual({ value: '1.0.0', warnings: [] })
  })

  it('must be installed there', async () => {
    await install('1.0.0')
    const sent = await task(direct)
    await rm(join(dir, 'node_modules'), { recursive: true })
    expect(program(['worker.ts'], { input: sent })).toEqual({
      code: 'PARSL_DESERIALIZE',
      message:
        `${where()} needs the package answers@1.0.0, which is not installed here; looked from ${dir} and ` +
        `${process.cwd()}. Install it there (npm install answers@1.0.0), or let workers start where it is installed`,
      cause: expect.stringContaining("Cannot find package 'answers'") as unknown,
      warnings: [],
    })
  })

  it('must have the version that it has where the function comes from', async () => {
    await install('1.0.0')
    const sent = await task(direct)
    await install('1.1.0')
    expect(program(['worker.ts'], { input: sent })).toEqual({
      code: 'PARSL_DESERIALIZE',
      message:
        `${where()} needs the package answers@1.0.0, and answers@1.1.0 is installed here, found from ${dir}; ` +
        'install the same (npm install answers@1.0.0)',
      warnings: [],
    })
  })

  it('that throws while it is loaded is named with its error', async () => {
    await install('1.0.0')
    const sent = await task(direct)
    await install('1.0.0', "export const answer = 1; throw new Error('no license')")
    expect(program(['worker.ts'], { input: sent })).toEqual({
      code: 'PARSL_DESERIALIZE',
      message: `${where()} needs the package answers@1.0.0, which failed while it was loaded here: no license`,
      cause: 'no license',
      warnings: [],
    })
  })

  it('gives functions and instances that travel by the name they are exported under', async () => {
    const text =
      'export class Dec { constructor(d) { this.d = d } more() { return this.d + 1 } }; export const add = (a) => a + 1'
    await install('1.0.0', text)
    const sent = await task(
      "import * as all from 'answers'\nconst { Dec, add } = { ...all }\nconst held = { one: new Dec(2), add }\n" +
        'export const task = () => [held.one.more(), held.add(4), held.one instanceof Dec]\n',
    )
    expect(program(['worker.ts'], { input: sent })).toEqual({ value: [3, 5, true], warnings: [] })
    await install('1.1.0', text)
    expect(program(['worker.ts'], { input: sent })).toMatchObject({
      code: 'PARSL_DESERIALIZE',
      message: expect.stringContaining('answers@1.1.0 is installed here') as unknown,
    })
  })

  it('gives superclasses by their import where its module awaits', async () => {
    await install('1.0.0', 'await null; export class Dec { d = 1 }; export default { Dec }')
    const sent = await task(
      "import all, { Dec } from 'answers'\nclass Mine extends Dec { own = 2 }\nclass Also extends all.Dec {}\n" +
        'export const task = () => [new Mine().d, new Mine().own, new Also().d]\n',
    )
    expect(program(['worker.ts'], { input: sent })).toEqual({ value: [1, 2, 1], warnings: [] })
  })

  it('may be imported by the body itself, without a warning', async () => {
    await install('1.0.0')
    const sent = await task("export const task = async () => (await import('answers')).answer\n")
    expect(program(['worker.ts'], { input: sent })).toEqual({ value: '1.0.0', warnings: [] })
  })
})
