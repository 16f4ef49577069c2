import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fstatSync, writeSync } from 'node:fs'
import { isParslError } from '@parsl/interfaces'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openStream, tailOf } from '../src/std-streams.ts'
import { scratch } from '@parsl/testing'

const write = async (path: string, mode: string, text: string): Promise<void> => {
  const opened = await openStream('stdout', { path, mode })
  writeSync(opened.stdio as number, text)
  await opened.close()
}

describe('openStream', () => {
  it.each(['ignore', 'inherit'] as const)('passes on %s', async (target) => {
    const opened = await openStream('stdout', target)
    expect(opened.stdio).toBe(target)
    await opened.close()
  })

  it('appends', async () => {
    await using place = await scratch()
    await write(place.at('out'), 'a', 'one\n')
    await write(place.at('out'), 'a', 'two\n')
    expect(await readFile(place.at('out'), 'utf8')).toBe('one\ntwo\n')
  })

  it('truncates', async () => {
    await using place = await scratch()
    await write(place.at('out'), 'w', 'one\n')
    await write(place.at('out'), 'w', 'two\n')
    expect(await readFile(place.at('out'), 'utf8')).toBe('two\n')
  })

  it.each(['wx', 'ax'])('refuses a file that is there in the mode %s', async (mode) => {
    await using place = await scratch()
    await write(place.at('out'), mode, 'one\n')
    await expect(write(place.at('out'), mode, 'two\n')).rejects.toThrow(/^cannot open .*out for stdout: EEXIST/)
    expect(await readFile(place.at('out'), 'utf8')).toBe('one\n')
  })

  it('makes the folders above the file', async () => {
    await using place = await scratch()
    await write(place.at('logs/0001/out'), 'a', 'one\n')
    expect(await readFile(place.at('logs/0001/out'), 'utf8')).toBe('one\n')
  })

  it('lets go of the file', async () => {
    await using place = await scratch()
    const opened = await openStream('stdout', { path: place.at('out'), mode: 'w' })
    expect(fstatSync(opened.stdio as number).isFile()).toBe(true)
    await opened.close()
    expect(() => fstatSync(opened.stdio as number)).toThrow('EBADF')
  })

  it.each(['stdout', 'stderr'] as const)('rejects where a file stands above %s', async (stream) => {
    await using place = await scratch()
    await writeFile(place.at('file'), '')
    const path = place.at('file/out')
    const error: unknown = await openStream(stream, { path, mode: 'a' }).catch((thrown: unknown) => thrown)
    expect(isParslError(error, 'PARSL_APP_STD_STREAM')).toBe(true)
    expect(error).toMatchObject({ details: { stream, path }, cause: { code: 'EEXIST' } })
  })

  it.each(['a', 'not a mode'])('rejects a folder, or a mode it does not know: %s', async (mode) => {
    await using place = await scratch()
    await mkdir(place.at('out'))
    const error: unknown = await openStream('stdout', { path: place.at('out'), mode }).catch(
      (thrown: unknown) => thrown,
    )
    expect(isParslError(error, 'PARSL_APP_STD_STREAM')).toBe(true)
  })
})

describe('tailOf', () => {
  const tailOfText = async (text: string | Buffer): Promise<string> => {
    await using place = await scratch()
    await writeFile(place.at('err'), text)
    return await tailOf({ path: place.at('err'), mode: 'a' })
  }

  it('is empty for a stream without a file', async () => {
    expect([await tailOf('inherit'), await tailOf('ignore')]).toEqual(['', ''])
  })

  it('is empty for a file that is not there, and for what is no file', async () => {
    await using place = await scratch()
    expect(await tailOf({ path: place.at('none'), mode: 'a' })).toBe('')
    expect(await tailOf({ path: place.path, mode: 'a' })).toBe('')
    expect(await tailOf({ path: '/dev/zero', mode: 'a' })).toBe('')
  })

  it.each(['', 'one', 'one\ntwo\n', `${'x'.repeat(2_047)}\n`, 'é'.repeat(1_024)])(
    'is all of a file of at most 2 KiB',
    async (text) => {
      expect(await tailOfText(text)).toBe(text)
    },
  )

  it('begins with a whole line', async () => {
    const line = `${'x'.repeat(99)}\n`
    expect(await tailOfText(`first\n${line.repeat(30)}`)).toBe(line.repeat(20))
  })

  it('keeps a line that begins right where 2 KiB do', async () => {
    const line = `${'x'.repeat(63)}\n`
    expect(await tailOfText(line.repeat(100))).toBe(line.repeat(32))
  })

  it('is the end of a line that is longer, whether the line has ended or not', async () => {
    expect(await tailOfText('x'.repeat(5_000))).toBe('x'.repeat(2_048))
    expect(await tailOfText(`first\n${'x'.repeat(5_000)}\n`)).toBe(`${'x'.repeat(2_047)}\n`)
  })

  it('cuts no character in two', async () => {
    for (const shift of ['', 'x', 'xx', 'xxx']) {
      const tail = await tailOfText(`${'€😀'.repeat(1_000)}${shift}`)
      expect(tail).not.toContain('\uFFFD')
      expect(`${'€😀'.repeat(1_000)}${shift}`.endsWith(tail)).toBe(true)
      expect(Buffer.byteLength(tail)).toBeGreaterThan(2_044)
    }
  })

  it('shows bytes that are no text as such', async () => {
    expect(await tailOfText(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\uFFFDb')
    expect(await tailOfText(Buffer.alloc(5_000, 0x80))).toBe('\uFFFD'.repeat(2_048))
  })

  it('is at most 2 KiB, and the end of any text', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 60 }), async (lines) => {
        const text = lines.join('\n')
        const tail = await tailOfText(text)
        expect(text.endsWith(tail)).toBe(true)
        expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(2_048)
        expect(tail === text || Buffer.byteLength(text) > 2_048).toBe(true)
        expect(tail === '' && text !== '').toBe(false)
      }),
      { numRuns: 50 },
    )
  })
})
