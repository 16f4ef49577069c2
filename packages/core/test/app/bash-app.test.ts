import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type BashExitFailure, type DataFile, file, output, sh } from '../../src/index.js'
import { errorOf, scratch, testKernel } from '../fixture.js'

const textOf = (path: unknown): Promise<string> => readFile(path as string, 'utf8')

describe('a bash app', () => {
  it('runs what its body returns, and tells where its streams are', async () => {
    await using kernel = await testKernel()
    const greet = kernel.bashApp((name: string) => sh`echo hello ${name}; echo oh >&2`)
    const future = greet('big world')
    const result = await future
    expect(result).toEqual({ exitCode: 0, stdout: future.stdout, stderr: future.stderr })
    expect(await textOf(result.stdout)).toBe('hello big world\n')
    expect(await textOf(result.stderr)).toBe('oh\n')
  })

  it('takes plain text, several lines, and a body that waits', async () => {
    await using kernel = await testKernel()
    const lines = kernel.bashApp(async (word: string) => {
      await Promise.resolve()
      return `for n in 1 2\ndo\n  echo ${word} $n\ndone\n`
    })
    expect(await textOf((await lines('line')).stdout)).toBe('line 1\nline 2\n')
  })

  it('quotes what sh interpolates, items of lists as words of their own', async () => {
    await using kernel = await testKernel()
    const show = kernel.bashApp(
      (words: string[], flag: string) => sh`printf '%s|' ${words} ${flag} ${sh.raw('$((1 + 1))')}`,
    )
    const { stdout } = await show(["it's", '$HOME `date`', '*', ''], '-n --x="y"')
    expect(await textOf(stdout)).toBe(`it's|$HOME \`date\`|*||-n --x="y"|2|`)
  })

  it('takes a default as well by position as by absence', async () => {
    await using kernel = await testKernel()
    const say = kernel.bashApp((word = 'default') => sh`echo ${word}`)
    expect(await textOf((await say()).stdout)).toBe('default\n')
    expect(await textOf((await say('given')).stdout)).toBe('given\n')
  })

  it('takes futures, and values of bash apps, as arguments', async () => {
    await using kernel = await testKernel()
    const write = kernel.bashApp((word: string) => sh`echo ${word}`)
    const count = kernel.bashApp(({ stdout }: { stdout: string | undefined }) => sh`wc -c < ${stdout}`)
    expect((await textOf((await count(write(kernel.jsApp(() => 'four')()))).stdout)).trim()).toBe('5')
  })

  it('makes the files that it promised, and counts on the files that it was given', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel()
    await writeFile(join(folder.path, 'in put.txt'), 'b\na\n')
    const sort = kernel.bashApp((text: DataFile, sorted: DataFile) => sh`sort ${text} > ${sorted}`)
    const future = sort(file(join(folder.path, 'in put.txt')), output(join(folder.path, 'new folder/out.txt')))
    const [sorted] = future.outputs
    expect(await textOf((await sorted).path)).toBe('a\nb\n')
  })

  it('has the task, its number and what `env` says in its environment', async () => {
    await using kernel = await testKernel()
    const show = kernel.bashApp(() => 'echo "$PARSL_TASK_ID $GREETING $HOME"', {
      env: { GREETING: 'hi there', HOME: '/nowhere' },
    })
    expect(await textOf((await show()).stdout)).toBe('0 hi there /nowhere\n')
  })

  it('reads nothing from standard input', async () => {
    await using kernel = await testKernel()
    expect(await textOf((await kernel.bashApp(() => 'cat; echo end')()).stdout)).toBe('end\n')
  })

  it('takes a command longer than an argument may be', async () => {
    await using kernel = await testKernel()
    const long = 'x'.repeat(300_000)
    const { stdout } = await kernel.bashApp((text: string) => sh`cat <<< ${text} | wc -c`)(long)
    expect(Number(await textOf(stdout))).toBe(long.length + 1)
  })
})

describe('a bash app that fails', () => {
  it.each([
    [1, 'exit 1'],
    [15, 'exit 15'],
    [126, '/dev/null'],
    [127, 'no-such-command-anywhere'],
    [1, 'let "x = 0"'],
    [143, "sh -c 'kill -TERM $$'; exit $?"],
  ])('tells exit code %i', async (exitCode, command) => {
    await using kernel = await testKernel()
    const error = (await errorOf(kernel.bashApp(() => command, { name: 'broken' })())) as BashExitFailure
    expect(error).toMatchObject({
      name: 'BashExitFailure',
      code: 'PARSL_APP_BASH_EXIT',
      details: { app: 'broken', exitCode, signal: null, command },
    })
    expect(error.message).toContain(`bash app broken failed with exit code ${exitCode}`)
  })

  it('tells the signal that ended bash itself', async () => {
    await using kernel = await testKernel()
    const error = await errorOf(kernel.bashApp(() => 'kill -KILL $$')())
    expect(error).toMatchObject({ details: { exitCode: null, signal: 'SIGKILL' } })
  })

  it('shows the end of its standard error, and where its streams are', async () => {
    await using kernel = await testKernel()
    const future = kernel.bashApp(() => 'echo fine; echo "what went wrong" >&2; exit 3')()
    const error = (await errorOf(future)) as BashExitFailure
    expect(error.details).toMatchObject({
      stdout: future.stdout,
      stderr: future.stderr,
      stderrTail: 'what went wrong\n',
    })
    expect(error.message).toContain('  | what went wrong')
    expect(error.message).toContain(future.stderr)
  })

  it('fails where any part of a pipe does, if sh made the command', async () => {
    await using kernel = await testKernel()
    const piped = kernel.bashApp(() => sh`exit 7 | cat`)
    expect(await errorOf(piped())).toMatchObject({ details: { exitCode: 7 } })
    expect(await kernel.bashApp(() => 'exit 7 | cat')()).toMatchObject({ exitCode: 0 })
  })

  it.each([[undefined], [null], [42], [{ text: 'echo' }], [['echo']]])(
    'is refused a body that returns no command: %j',
    async (returned) => {
      await using kernel = await testKernel()
      const error = await errorOf(kernel.bashApp(() => returned as never, { name: 'silent' })())
      expect(error).toMatchObject({
        name: 'BashAppNoReturn',
        code: 'PARSL_APP_BASH_NO_RETURN',
        details: { app: 'silent' },
      })
    },
  )

  it.each([[undefined], [null], [{}], [() => 1], [Symbol('s')], ['a\0b']])(
    'is refused text that cannot stand in a command: %#',
    async (value: unknown) => {
      await using kernel = await testKernel()
      const error = await errorOf(kernel.bashApp(() => sh`echo ${value}`)())
      expect(error).toMatchObject({
        name: 'AppBadFormatting',
        code: 'PARSL_APP_BAD_FORMATTING',
        details: { position: 0 },
      })
    },
  )

  it('passes errors of its body on as they are', async () => {
    await using kernel = await testKernel()
    const thrown = new SyntaxError('in the body')
    const app = kernel.bashApp(() => {
      throw thrown
    })
    expect(await errorOf(app())).toBe(thrown)
  })

  it('names the promised files that it did not make', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel()
    const lazy = kernel.bashApp((_a: DataFile, b: DataFile) => sh`touch ${b}`, { name: 'lazy' })
    const [a, b] = [join(folder.path, 'a'), join(folder.path, 'b')]
    const future = lazy(output(a), output(b))
    const error = await errorOf(future)
    expect(error).toMatchObject({
      name: 'MissingOutputs',
      code: 'PARSL_APP_MISSING_OUTPUTS',
      details: { app: 'lazy', outputs: [a] },
    })
    expect(await errorOf(future.outputs[1])).toBe(error)
  })

  it('never starts where an input is missing', async () => {
    await using folder = await scratch()
    await using kernel = await testKernel()
    const missing = join(folder.path, 'missing')
    let ran = false
    const app = kernel.bashApp(
      (input: DataFile) => {
        ran = true
        return sh`cat ${input}`
      },
      { name: 'reader' },
    )
    expect(await errorOf(app(file(missing)))).toMatchObject({
      name: 'MissingInputs',
      code: 'PARSL_DATA_MISSING_INPUTS',
      details: { app: 'reader', inputs: [missing] },
    })
    expect(ran).toBe(false)
  })
})
