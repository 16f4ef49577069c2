import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { isParslError } from '@parsl/interfaces'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { file, fileAt, isDataFile } from '../src/data-file.ts'

const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('file of a path', () => {
  it('knows an absolute path in every form', () => {
    const { url, scheme, path, filename } = file('/data/a.txt')
    expect({ url, scheme, path, filename }).toEqual({
      url: 'file:///data/a.txt',
      scheme: 'file',
      path: '/data/a.txt',
      filename: 'a.txt',
    })
  })

  it('counts a relative path from the working directory', () => {
    expect(file('data/a.txt').path).toBe(resolve('data/a.txt'))
    expect(file('./a.txt').path).toBe(resolve('a.txt'))
    expect(file('../a.txt').path).toBe(resolve('../a.txt'))
  })

  it('counts from the working directory at the call, not at the use', () => {
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue('/before')
    const made = file('a.txt')
    cwd.mockRestore()
    expect(made.path).toBe('/before/a.txt')
  })

  it('tidies a path', () => {
    expect(file('/data//x/../a.txt').path).toBe('/data/a.txt')
    expect(file('/data/folder/').path).toBe('/data/folder')
  })

  it.each([
    ['a space', '/data/a b.txt', 'file:///data/a%20b.txt'],
    ['a hash', '/data/a#1.txt', 'file:///data/a%231.txt'],
    ['a percent sign', '/data/100%.txt', 'file:///data/100%25.txt'],
    ['what looks like an escape', '/data/a%20b.txt', 'file:///data/a%2520b.txt'],
    ['a question mark', '/data/a?.txt', 'file:///data/a%3F.txt'],
    ['a newline', '/data/a\nb.txt', 'file:///data/a%0Ab.txt'],
    ['a backslash', '/data/a\\b.txt', 'file:///data/a%5Cb.txt'],
    ['letters beyond ASCII', '/data/é.txt', 'file:///data/%C3%A9.txt'],
  ])('keeps %s in a name', (_, path, url) => {
    const made = file(path)
    expect([made.path, made.url]).toEqual([path, url])
    expect(made.filename).toBe(path.slice('/data/'.length))
  })

  it.each(['a:/b', 'https:a', 'file:a.txt', 'mailto:me', ':/x', '1s://x'])('takes %o for a relative path', (text) => {
    expect(file(text).path).toBe(resolve(text))
  })

  it('gives any path back, by itself and by its URL', () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((name) => !/[/\0]/.test(name) && name !== '.' && name !== '..')
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (segments) => {
        const path = `/${segments.join('/')}`
        const made = file(path)
        expect(made.path).toBe(path)
        expect(made.filename).toBe(segments.at(-1))
        expect(fileURLToPath(made.url)).toBe(path)
        expect(file(made.url).path).toBe(path)
      }),
    )
  })
})

describe('file of a URL', () => {
  it('reads the escapes of a file URL', () => {
    const { path, filename, scheme } = file('file:///data/a%20b%23%25%0A.txt')
    expect({ path, filename, scheme }).toEqual({
      path: '/data/a b#%\n.txt',
      filename: 'a b#%\n.txt',
      scheme: 'file',
    })
  })

  it.each(['file:/data/a.txt', 'file:///data/a.txt', 'FILE:///data/a.txt', 'file://localhost/data/a.txt'])(
    'finds the path of %s',
    (url) => {
      expect(file(url).path).toBe('/data/a.txt')
      expect(file(url).scheme).toBe('file')
    },
  )

  it('tidies the path of a file URL as it does a path', () => {
    expect(file('file:///data/x/../folder/').path).toBe('/data/folder')
  })

  it('takes a URL object', () => {
    expect(file(pathToFileURL('/data/a b.txt')).path).toBe('/data/a b.txt')
    expect(file(new URL('https://host/a.txt')).url).toBe('https://host/a.txt')
  })

  it('keeps a remote address whole', () => {
    const { url, scheme, filename } = file('https://host:8080/data/a.txt?part=1#top')
    expect({ url, scheme, filename }).toEqual({
      url: 'https://host:8080/data/a.txt?part=1#top',
      scheme: 'https',
      filename: 'a.txt',
    })
  })

  it.each([
    ['HTTPS://host/a', 'https'],
    ['s3://bucket/a', 's3'],
    ['globus://id/a', 'globus'],
    ['git+ssh://host/a', 'git+ssh'],
  ])('finds the scheme of %s', (url, scheme) => {
    expect(file(url).scheme).toBe(scheme)
  })

  it('has no path for a remote file until it was staged', () => {
    const remote = file('https://host/a.txt')
    const error = thrownBy(() => remote.path)
    expect(isParslError(error, 'PARSL_DATA_STAGING')).toBe(true)
    expect(error).toMatchObject({
      message: 'cannot stage https://host/a.txt: it has no path outside a task that takes it as an argument',
      details: { url: 'https://host/a.txt' },
    })
    expect(() => String(remote)).toThrow('it has no path outside a task')
  })
})

describe('file refuses', () => {
  it.each([
    ['an empty address', '', 'file() needs a path or a URL, not an empty text'],
    [
      'a file URL with a host',
      'file://host/data/a.txt',
      'file://host/data/a.txt names the host host: a file address has none, as in file:///data/a.txt',
    ],
    [
      'a file URL with two slashes too few',
      'file://data/a.txt',
      'file://data/a.txt names the host data: a file address has none, as in file:///data/a.txt',
    ],
  ])('%s', (_, address, message) => {
    const error = thrownBy(() => file(address))
    expect(isParslError(error, 'PARSL_CONFIG')).toBe(true)
    expect(error).toHaveProperty('message', message)
  })

  it.each(['https://', 'https:///', 'https://host:port/a', 'file:///data/a%2Fb', 'file:///data/%ZZ', 'file://h ost/a'])(
    'the address %o, which cannot be read',
    (address) => {
      const error = thrownBy(() => file(address))
      expect(isParslError(error, 'PARSL_CONFIG')).toBe(true)
      expect(String(error)).toContain(`${address} is no address of a file`)
      expect(error).toHaveProperty('cause', expect.any(Error))
    },
  )
})

describe('a data file', () => {
  it('stands for its path in a text', () => {
    expect(String(file('/data/a b.txt'))).toBe('/data/a b.txt')
    expect([file('/data/a'), file('/data/b')].join(' ')).toBe('/data/a /data/b')
  })

  it('is known by its brand, which others may bear', () => {
    expect(isDataFile(file('/a'))).toBe(true)
    const foreign: unknown = runInNewContext(`({ [Symbol.for('parsl.data-file')]: true })`)
    expect(isDataFile(foreign)).toBe(true)
    for (const other of [{}, { url: 'file:///a', path: '/a' }, null, undefined, '/a', new URL('file:///a')])
      expect(isDataFile(other)).toBe(false)
  })
})

describe('fileAt', () => {
  it('finds a remote file where it was staged', () => {
    const staged = fileAt(file('https://host/a.txt'), '/site/7/a.txt')
    expect(isDataFile(staged)).toBe(true)
    expect([staged.url, staged.scheme, staged.path, staged.filename]).toEqual([
      'https://host/a.txt',
      'https',
      '/site/7/a.txt',
      'a.txt',
    ])
  })

  it('finds a copy of a local file', () => {
    const copy = fileAt(file('/data/a.txt'), '/site/7/copy.txt')
    expect([copy.url, copy.path, copy.filename]).toEqual(['file:///data/a.txt', '/site/7/copy.txt', 'copy.txt'])
  })

  it('gives a local file that stays where it is back as it is', () => {
    const original = file('/data/a.txt')
    expect(fileAt(original, '/data/a.txt')).toBe(original)
  })

  it('leaves the original alone', () => {
    const original = file('/data/a.txt')
    fileAt(original, '/site/7/a.txt')
    expect(original.path).toBe('/data/a.txt')
  })
})
