import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { scratch } from '@parsl/testing'
import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { parsl, programAt, startParsl } from '../parsl.js'

const SAYS = programAt('says.ts')

describe('parsl run', () => {
  it('hands on arguments, whatever they look like, and the exit code', async () => {
    await using folder = await scratch()
    const args = ['', '--json', '-h', '--config', 'x y', '--', '$HOME']
    const ended = await parsl({ cwd: folder.path }, 'run', SAYS, ...args)
    expect(ended).toEqual({ stdout: `${JSON.stringify(args)}\n`, stderr: '', code: 5, signal: null })
  })

  it('hands on standard input', async () => {
    await using folder = await scratch()
    const child = startParsl({ cwd: folder.path }, 'run', SAYS, 'read')
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => void (text += part))
    child.stdin.end('hello')
    await once(child, 'close')
    expect(text).toBe('HELLO')
  })

  it('is the program: one process, which gets every signal once, and dies of them itself', async () => {
    await using folder = await scratch()
    const child = startParsl({ cwd: folder.path }, 'run', SAYS, 'wait')
    const lines = createInterface({ input: child.stdout })
    expect((await once(lines, 'line'))[0]).toBe(`waiting ${child.pid}`)
    child.kill('SIGUSR1')
    expect((await once(lines, 'line'))[0]).toBe('SIGUSR1')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([null, 'SIGTERM'])
  })

  it('shows an error of the program as Node does', async () => {
    await using folder = await scratch()
    const { stderr, code } = await parsl({ cwd: folder.path }, 'run', SAYS, 'throw')
    expect(stderr).toMatch(/says\.ts:\d+[^]*Error: as asked/)
    expect(stderr).not.toContain('Experimental')
    expect(code).toBe(1)
  })

  it('names the lines that people wrote where the program was compiled', async () => {
    await using folder = await scratch()
    const source =
      'interface A { b: string }\n\n\nconst fail = (a: A): never => {\n  throw new Error(a.b)\n}\nfail({ b: "x" })\n'
    const { code } = await transform(source, { loader: 'ts', sourcemap: 'inline', sourcefile: 'steps.ts' })
    await writeFile(folder.at('steps.mjs'), code)
    const { stderr } = await parsl({ cwd: folder.path }, 'run', 'steps.mjs')
    expect(stderr).toContain('steps.ts:5:9')
  })

  it.each([
    ['config.ts', 'mine'],
    ['fresh-config.ts', 'fresh'],
  ])('gives a load() without a configuration that of %s', async (file, label) => {
    await using folder = await scratch()
    const ended = await parsl({ cwd: folder.path }, 'run', '--config', programAt(file), SAYS, 'load')
    expect(ended).toEqual({ stdout: `${label}\n`, stderr: '', code: 0, signal: null })
  })

  it('leaves a configuration in the program alone, and says so', async () => {
    await using folder = await scratch()
    const config = programAt('config.ts')
    const ended = await parsl({ cwd: folder.path }, 'run', '--config', config, SAYS, 'load-own')
    expect(ended).toMatchObject({ stdout: 'loaded\n', code: 0 })
    expect(ended.stderr).toBe(
      `parsl: PARSL_CONFIG=${config} is not used: the program gives load() a configuration of its own\n`,
    )
  })

  it.each([
    [['progam.ts'], 'the program progam.ts is not there: did you mean "program.ts"?'],
    [['folder'], 'the program folder is no file'],
    [['--config', 'confg.ts', 'program.ts'], 'the configuration confg.ts is not there: did you mean "config.ts"?'],
    [[], "missing required argument 'file'"],
    [['--confi', 'config.ts', 'program.ts'], "unknown option '--confi'\n(Did you mean --config?)"],
  ])('refuses %j', async (args, message) => {
    await using folder = await scratch()
    await folder.fill('program.ts', 'config.ts', 'folder/')
    const ended = await parsl({ cwd: folder.path }, 'run', ...args)
    expect(ended).toEqual({ stdout: '', stderr: `parsl: ${message}\n`, code: 2, signal: null })
  })
})
