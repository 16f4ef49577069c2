import { runInNewContext } from 'node:vm'
import { file, fileAt, output } from '@parsl/data'
import { isParslError } from '@parsl/interfaces'
import { describe, expect, it } from 'vitest'
import { isShellCommand, quote, sh } from '../src/shell-command.ts'

const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('quote', () => {
  it.each(['a', 'a.txt', '/data/a-b_c.txt', '--threads=4', 'user@host:/x', '50%', 'a,b', '+x'])(
    'leaves %s as it is',
    (text) => {
      expect(quote(text)).toBe(text)
    },
  )

  it.each([
    ['', "''"],
    ['a b', "'a b'"],
    ['$HOME', "'$HOME'"],
    ["it's", "'it'\\''s'"],
    ["'", "''\\'''"],
    ['a\n', "'a\n'"],
    ['*', "'*'"],
    ['~', "'~'"],
    ['é', "'é'"],
    ['a\\', "'a\\'"],
  ])('quotes %o', (text, quoted) => {
    expect(quote(text)).toBe(quoted)
  })
})

describe('sh', () => {
  it('is its text where it interpolates nothing', () => {
    expect(sh`echo "$HOME" | wc -c`.text).toBe('echo "$HOME" | wc -c')
    expect(sh``.text).toBe('')
  })

  it('quotes text', () => {
    expect(sh`cat ${'a b.txt'} > ${'$out'}`.text).toBe("cat 'a b.txt' > '$out'")
    expect(sh`echo ${''} end`.text).toBe("echo '' end")
  })

  it('takes numbers and truth values', () => {
    expect(sh`x ${1} ${-0.5} ${10n ** 20n} ${true} ${NaN}`.text).toBe('x 1 -0.5 100000000000000000000 true NaN')
  })

  it('takes the path of a file', () => {
    expect(sh`wc ${file('/data/a b.txt')}`.text).toBe("wc '/data/a b.txt'")
    expect(sh`wc ${fileAt(file('https://host/a.txt'), '/site/a.txt')}`.text).toBe('wc /site/a.txt')
    expect(sh`wc ${output('/data/out').file}`.text).toBe('wc /data/out')
  })

  it('takes a URL', () => {
    expect(sh`curl ${new URL('https://host/a?b=1&c=2')}`.text).toBe("curl 'https://host/a?b=1&c=2'")
  })

  it('makes each item of an array a word', () => {
    expect(sh`cat ${['a', 'b c', 3, file('/d')]} end`.text).toBe("cat a 'b c' 3 /d end")
    expect(sh`cat ${['a', ['b', ['c']]]}`.text).toBe('cat a b c')
  })

  it('makes an empty array no word', () => {
    expect(sh`cat ${[]} end`.text).toBe('cat  end')
  })

  it('takes a command of its own as it is', () => {
    const filter = sh`grep ${'a b'} | head`
    expect(sh`cat x | ${filter}`.text).toBe("cat x | grep 'a b' | head")
    expect(sh`${[sh`a 1`, sh`b 2`]}`.text).toBe('a 1 b 2')
  })

  it('puts raw text in unquoted', () => {
    expect(sh`cat ${sh.raw('*.txt')} ${sh.raw('')}end`.text).toBe('cat *.txt end')
    expect(isShellCommand(sh.raw('x'))).toBe(true)
  })

  it('leaves backslashes as typed', () => {
    expect(
      sh`printf 'a\nb\t\\' \
  x \x41 \u0041 \1 \$HOME`.text,
    ).toBe(
      String.raw`printf 'a\nb\t\\' \
  x \x41 \u0041 \1 \$HOME`,
    )
  })

  it('takes the backslash off where JavaScript itself asks for it', () => {
    expect(sh`echo \`date\` \${HOME}`.text).toBe('echo `date` ${HOME}')
  })

  it('does not look into what it interpolates', () => {
    expect(sh`echo ${'\\`${x}'}`.text).toBe("echo '\\`${x}'")
  })
})

describe('sh refuses', () => {
  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['an object', { a: 1 }, 'an object'],
    ['a map', new Map(), 'an object'],
    ['a date', new Date(0), 'an object'],
    ['bytes', new Uint8Array(1), 'an object'],
    ['a promise', Promise.resolve('a'), 'an object'],
    ['an output', output('/data/a'), 'an object'],
    ['an object that claims to be text', { toString: () => 'a' }, 'an object'],
    ['a function', () => 'a', 'a function'],
    ['a symbol', Symbol('a'), 'a symbol'],
    ['text with a NUL character', 'a\0b', 'text with a NUL character'],
    ['a path with a NUL character', file('/a\0b'), 'text with a NUL character'],
  ])('%s', (_, value, named) => {
    const error = thrownBy(() => sh`cat ${'a'} ${value}`)
    expect(isParslError(error, 'PARSL_APP_BAD_FORMATTING')).toBe(true)
    expect(error).toHaveProperty('details.position', 1)
    expect(error).toHaveProperty('details.command', 'cat ${...} ${...}')
    expect(String(error)).toContain(`value 2 of sh\`cat \${...} \${...}\` is ${named}: `)
  })

  it('such values in arrays, holes included', () => {
    expect(() => sh`cat ${['a', undefined]}`).toThrow('value 1 of sh`cat ${...}` is undefined')
    expect(() => sh`cat ${['a', [null]]}`).toThrow('value 1 of sh`cat ${...}` is null')
    // oxlint-disable-next-line no-sparse-arrays
    expect(() => sh`cat ${['a', , 'b']}`).toThrow('value 1 of sh`cat ${...}` is undefined')
  })

  it('a remote file that was not staged', () => {
    const error = thrownBy(() => sh`cat ${file('https://host/a')}`)
    expect(isParslError(error, 'PARSL_DATA_STAGING')).toBe(true)
  })
})

describe('isShellCommand', () => {
  it('knows a command by its brand, which others may bear', () => {
    expect(isShellCommand(sh`x`)).toBe(true)
    const foreign: unknown = runInNewContext(`({ text: 'x', [Symbol.for('parsl.shell-command')]: true })`)
    expect(isShellCommand(foreign)).toBe(true)
    expect(sh`${foreign}`.text).toBe('x')
  })

  it('knows nothing else', () => {
    for (const other of ['x', { text: 'x' }, null, undefined, sh]) expect(isShellCommand(other)).toBe(false)
  })
})
