import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type BashExitFailure, type DataFile, output, sh } from '@parsl/core'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'

const textOf = (path: unknown): Promise<string> => readFile(path as string, 'utf8')

const codes: readonly (readonly [number, string])[] = [
  [1, 'exit 1'],
  [1, 'let "x = 0"'],
  [15, 'exit 15'],
  [126, '/dev/null'],
  [127, 'no-such-command-anywhere'],
]

const commands: Cases<Bench> = {
  'run what their body returns, and tell where their streams are': async ({ parsl }) => {
    const greet = parsl.bashApp((name: string) => sh`echo hello ${name}; echo oh >&2`)
    const future = greet("big 'world'")
    const result = await future
    expect(result).toEqual({ exitCode: 0, stdout: future.stdout, stderr: future.stderr })
    expect([await textOf(result.stdout), await textOf(result.stderr)]).toEqual(["hello big 'world'\n", 'oh\n'])
  },
  'take plain text of several lines, and bodies that wait': async ({ parsl }) => {
    const lines = parsl.bashApp(async (word: string) => {
      await Promise.resolve()
      return `for n in 1 2\ndo\n  echo ${word} $n\ndone\n`
    })
    expect(await textOf((await lines('line')).stdout)).toBe('line 1\nline 2\n')
  },
  'are told the number of their task and what env says': async ({ parsl }) => {
    const show = parsl.bashApp(() => 'echo "$PARSL_TASK_ID $GREETING $HOME"', {
      env: { GREETING: 'hi there', HOME: '/nowhere' },
    })
    const future = show()
    expect(await textOf((await future).stdout)).toBe(`${future.taskId} hi there /nowhere\n`)
  },
  'take values of other apps': async ({ parsl }) => {
    const write = parsl.bashApp((word: string) => sh`echo ${word}`)
    const count = parsl.bashApp(({ stdout }: { stdout: string | undefined }) => sh`wc -c < ${stdout}`)
    const word = parsl.jsApp(() => 'four')()
    expect((await textOf((await count(write(word))).stdout)).trim()).toBe('5')
  },
  'tell exit codes: 1, 15, 126, 127': async ({ parsl }) => {
    for (const [exitCode, command] of codes) {
      const error = (await errorOf(parsl.bashApp(() => command, { name: 'broken' })())) as BashExitFailure
      expect(error).toMatchObject({ name: 'BashExitFailure', code: 'PARSL_APP_BASH_EXIT' })
      expect(error.details).toMatchObject({ app: 'broken', exitCode, signal: null, command })
      expect(error.message).toContain(`failed with exit code ${exitCode}`)
    }
  },
  'tell the signal that ended bash itself, and the end of standard error': async ({ parsl }) => {
    const error = await errorOf(parsl.bashApp(() => 'echo the last words >&2; kill -KILL $$')())
    expect(error).toMatchObject({ details: { exitCode: null, signal: 'SIGKILL' } })
    expect(error.message).toContain('the last words')
  },
  'fail where their body returns no command, or throws': async ({ parsl }) => {
    expect(await errorOf(parsl.bashApp((() => undefined) as unknown as () => string)())).toMatchObject({
      code: 'PARSL_APP_BASH_NO_RETURN',
    })
    const throws = parsl.bashApp((word: string | undefined) => sh`echo ${word}`)
    expect(await errorOf(throws(undefined))).toMatchObject({ code: 'PARSL_APP_BAD_FORMATTING' })
  },
  'are tried again': async ({ parsl, folder }) => {
    const flaky = parsl.bashApp(
      (marker: string) => sh`echo try; if test -e ${marker}; then exit 0; fi; touch ${marker}; exit 1`,
      { retries: 1, name: 'flaky' },
    )
    const future = flaky(folder.at('marker'))
    const { stdout } = await future
    expect(basename(stdout as string)).toMatch(/_flaky\.try1\.stdout$/)
    expect([await textOf(future.stdout), await textOf(stdout)]).toEqual(['try\n', 'try\n'])
  },
}

const badSpecs: readonly (readonly [string, unknown])[] = [
  ['a list', ['out.txt', 'w']],
  ['a mode that is null', { path: 'out.txt', mode: null }],
  ['a name that is a number', { path: 5, mode: 'w' }],
  ['a list of three', ['out.txt', 'w', 'more']],
  ['a path without a mode', { path: 'out.txt' }],
  ['a mode that is none', { path: 'out.txt', mode: 'bad' }],
]

const streams: Cases<Bench> = {
  'are refused in six bad forms': ({ parsl }) => {
    for (const [what, spec] of badSpecs) {
      const make = () => parsl.bashApp(() => 'true', { stdout: spec as string })
      expect(make, what).toThrow(expect.objectContaining({ code: 'PARSL_CONFIG' }) as Error)
    }
  },
  'fail the task with a typed error where their file cannot be opened': async ({ parsl, folder }) => {
    await mkdir(folder.at('taken'))
    for (const stream of ['stdout', 'stderr'] as const) {
      const error = await errorOf(parsl.bashApp(() => 'true', { [stream]: folder.at('taken') })())
      expect(error).toMatchObject({
        name: 'BadStdStreamFile',
        code: 'PARSL_APP_STD_STREAM',
        details: { stream, path: folder.at('taken') },
      })
    }
  },
  'are added to a file that was given, whose folder is made': async ({ parsl, folder }) => {
    const say = parsl.bashApp((word: string) => sh`echo ${word}`, { stdout: folder.at('deep/er/log.txt') })
    await say('one')
    await say('two')
    expect(await textOf(folder.at('deep/er/log.txt'))).toBe('one\ntwo\n')
  },
  'are opened in the mode that was given': async ({ parsl, folder }) => {
    const path = folder.at('log.txt')
    await writeFile(path, 'older\n')
    const say = parsl.bashApp((word: string) => sh`echo ${word}`)
    await say.with({ stdout: { path, mode: 'a' } })('added')
    expect(await textOf(path)).toBe('older\nadded\n')
    await say.with({ stdout: { path, mode: 'w' } })('alone')
    expect(await textOf(path)).toBe('alone\n')
  },
  'may be one file for both, or nowhere': async ({ parsl, folder }) => {
    const both = folder.at('both.txt')
    const say = parsl.bashApp(() => 'echo out; echo err >&2')
    await say.with({ stdout: both, stderr: both })()
    expect(await textOf(both)).toBe('out\nerr\n')
    const nowhere = say.with({ stdout: 'ignore', stderr: 'ignore' })
    expect(await nowhere()).toEqual({ exitCode: 0, stdout: undefined, stderr: undefined })
  },
  'may be a promised file, which a later app takes': async ({ parsl, folder }) => {
    const { stdout } = parsl.bashApp(() => 'echo promised', { stdout: output(folder.at('out.txt')) })()
    if (typeof stdout !== 'object') throw new Error('expected a DataFuture')
    const read = parsl.jsApp(({ path }: DataFile) => textOf(path))
    expect(await read(stdout)).toBe('promised\n')
  },
}

const captured: Cases<Bench> = {
  'hold what the body prints': async ({ parsl, folder }) => {
    const print = parsl.jsApp(
      (word: string) => {
        console.log(`to out: ${word}`)
        console.error(`to err: ${word}`)
        process.stdout.write('bare\n')
        return word.length
      },
      { stdout: folder.at('out.txt'), stderr: folder.at('err.txt') },
    )
    expect(await print('word')).toBe(4)
    expect(await textOf(folder.at('out.txt'))).toBe('to out: word\nbare\n')
    expect(await textOf(folder.at('err.txt'))).toBe('to err: word\n')
  },
  'are each its own where bodies run at once': async ({ parsl, folder }) => {
    const print = parsl.jsApp(async (n: number) => {
      for (let line = 0; line < 20; line++) {
        console.log(`${n}: ${line}`)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    const path = (n: number): string => folder.at(`${n}.txt`)
    await Promise.all([0, 1, 2].map((n) => print.with({ stdout: path(n) })(n)))
    const lines = (n: number): string => Array.from({ length: 20 }, (_, line) => `${n}: ${line}\n`).join('')
    for (const n of [0, 1, 2]) expect(await textOf(path(n))).toBe(lines(n))
  },
}

const uncaptured: Cases<Bench> = {
  'are refused by an executor that cannot capture them': async ({ parsl }) => {
    expect(await errorOf(parsl.jsApp(() => 1, { stdout: 'auto' })())).toMatchObject({
      code: 'PARSL_EXECUTOR_UNSUPPORTED',
    })
  },
}

/** Bash apps, and where streams go. */
export const commandGroups: readonly Group<Bench>[] = [
  { name: 'commands', cases: commands },
  { name: 'streams of commands', cases: streams },
  { name: 'streams of bodies', when: ({ capturesStreams }) => capturesStreams, cases: captured },
  { name: 'streams of bodies', when: ({ capturesStreams }) => !capturesStreams, cases: uncaptured },
]
