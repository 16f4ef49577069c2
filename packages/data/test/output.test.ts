import { resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { file, isDataFile } from '../src/data-file.ts'
import { isOutput, output, type Output } from '../src/output.ts'

describe('output', () => {
  it('promises a file', () => {
    const promised = output('out/a.txt')
    expect(promised.kind).toBe('file')
    expect(promised.file.path).toBe(resolve('out/a.txt'))
    expectTypeOf(promised).toEqualTypeOf<Output<'file'>>()
  })

  it('promises a folder', () => {
    const promised = output.directory(new URL('file:///data/out'))
    expect([promised.kind, promised.file.path]).toEqual(['directory', '/data/out'])
    expectTypeOf(promised).toEqualTypeOf<Output<'directory'>>()
  })

  it('promises files that match a pattern', () => {
    const promised = output.glob('/data/parts/*.[ch]?')
    expect([promised.kind, promised.file.path]).toEqual(['glob', '/data/parts/*.[ch]?'])
    expectTypeOf(promised).toEqualTypeOf<Output<'glob'>>()
  })

  it('promises a remote file too', () => {
    expect(output('https://host/a.txt').file.url).toBe('https://host/a.txt')
  })

  it.each([output, output.directory, output.glob])('refuses what file() refuses', (make) => {
    expect(() => make('')).toThrow('file() needs a path or a URL')
    expect(() => make('file://host/a')).toThrow('names the host host')
  })

  it('tells the kinds apart at compile time', () => {
    expectTypeOf(output('a')).not.toExtend<Output<'glob'>>()
    expectTypeOf(output.glob('a')).not.toExtend<Output>()
  })
})

describe('isOutput', () => {
  it('knows every kind by its brand, which others may bear', () => {
    expect([output('a'), output.directory('a'), output.glob('a')].map(isOutput)).toEqual([true, true, true])
    const foreign: unknown = runInNewContext(`({ kind: 'file', [Symbol.for('parsl.output')]: true })`)
    expect(isOutput(foreign)).toBe(true)
  })

  it('knows nothing else', () => {
    const others = [file('/a'), { kind: 'file', file: file('/a') }, { ...output('/a') }, null, undefined, '/a', 5]
    expect(others.map(isOutput)).toEqual(others.map(() => false))
  })

  it('does not take an output for a file', () => {
    expect(isDataFile(output('a'))).toBe(false)
    expect(isDataFile(output('a').file)).toBe(true)
  })
})
