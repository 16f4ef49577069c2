import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote, sh } from '../src/shell-command.ts'

const special = Array.from('\'"\\$`!*?[]{}()<>|&;~#=% \t\n\r-@+,:./^aé')

/** Any text without NUL, and texts full of what shells treat specially. */
const text = fc
  .oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: fc.constantFrom(...special), maxLength: 20 }))
  .map((any) => any.replaceAll('\0', ''))

/** What the words of a command are to the shell. */
const wordsIn = (command: string, shell = 'bash'): string[] =>
  execFileSync(shell, ['-c', command], { encoding: 'utf8' }).split('\0').slice(0, -1)

const runs = { numRuns: 200 }

describe('words that sh made', () => {
  it('come back from bash as they were', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 10 }), (words) => {
        expect(wordsIn(sh`printf '%s\0' ${words}`.text)).toEqual(words)
      }),
      runs,
    )
  })

  it('come back in the places where they were put', () => {
    fc.assert(
      fc.property(text, text, (first, second) => {
        expect(wordsIn(sh`printf '%s\0' ${first} x${second}y ${sh`-${first}`}`.text)).toEqual([
          first,
          `x${second}y`,
          `-${first}`,
        ])
      }),
      runs,
    )
  })

  it('come back from the plain shell too', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 10 }), (words) => {
        expect(wordsIn(`printf '%s\\0' ${words.map(quote).join(' ')}`, 'sh')).toEqual(words)
      }),
      runs,
    )
  })

  it('come back where a command is quoted for another shell', () => {
    fc.assert(
      fc.property(text, (word) => {
        expect(wordsIn(sh`bash -c ${sh`printf '%s\0' ${word}`.text}`.text)).toEqual([word])
      }),
      { numRuns: 50 },
    )
  })
})

describe('bash', () => {
  it('sees no word for an empty array', () => {
    expect(wordsIn(sh`set -- ${[]}; printf '%s\0' $#`.text)).toEqual(['0'])
    expect(wordsIn(sh`set -- ${['', '']}; printf '%s\0' $#`.text)).toEqual(['2'])
  })

  it('reads backslashes as typed', () => {
    expect(wordsIn(sh`printf 'a\nb\0'; printf '%s\0' 'a\nb'`.text)).toEqual(['a\nb', String.raw`a\nb`])
  })

  it('runs what is raw', () => {
    expect(wordsIn(sh`x=1; printf '%s\0' ${sh.raw('$x "$x$x"')} \${x} ${'$x'}`.text)).toEqual(['1', '11', '1', '$x'])
  })
})
