// Reads the pages of the documentation: their code blocks, headings, links and tables.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

const places = ['README.md', 'UPGRADING.md', 'docs/**/*.md', 'packages/*/README.md']

/** Paths of all pages, from the root. */
export const pages: readonly string[] = globSync(places, { cwd: root }).toSorted()

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** A fenced block: ` ```ts run ` has the language `ts` and the flag `run`. */
export interface Block {
  readonly page: string
  /** Of its first line of code, from 1. */
  readonly line: number
  readonly language: string
  readonly flags: readonly string[]
  readonly text: string
  /** The `text` block that follows it, with nothing but space between: what it prints. */
  readonly prints: string | undefined
}

const FENCE = /^( *)```([^\n`]*)\n(.*?)^\1```$/gms

export const blocksOf = (page: string): Block[] => {
  const source = read(page)
  const found = [...source.matchAll(FENCE)]
  return found.map((match, index) => {
    const [whole, , info = '', text = ''] = match
    const [language = '', ...flags] = info.trim().split(/ +/)
    const next = found[index + 1]
    const between = next && source.slice(match.index + whole.length, next.index)
    return {
      page,
      line: source.slice(0, match.index).split('\n').length + 1,
      language,
      flags,
      text,
      prints: between?.trim() === '' && next?.[2]?.trim() === 'text' ? next[3] : undefined,
    }
  })
}

/** A page without its code. */
export const proseOf = (page: string): string => read(page).replaceAll(FENCE, '')

/** Headings of a page, without the marks of code. */
export const headingsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.replaceAll('`', '').trim())

/** The part of a page below one heading, up to the next of the same rank or above. */
export const sectionOf = (page: string, heading: string): string => {
  const lines = proseOf(page).split('\n')
  const rank = (line: string): number => /^#+(?= )/.exec(line)?.[0].length ?? Infinity
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '').replaceAll('`', '') === heading)
  if (start === -1) throw new Error(`${page} has no heading ${heading}`)
  const length = lines.slice(start + 1).findIndex((line) => rank(line) <= rank(lines[start] ?? ''))
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join('\n')
}

/** Rows of the tables in a text, without their heads; each row as its cells. */
export const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line, index, lines) => line.startsWith('|') && !isHead(lines, index))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

const isRule = (line: string | undefined): boolean => line !== undefined && /^\|[\s|:-]+\|$/.test(line)
const isHead = (lines: readonly string[], index: number): boolean => isRule(lines[index]) || isRule(lines[index + 1])

/** The names in code in the first column of the tables in a text: of `` `node`, `arch` `` both. */
export const namesIn = (text: string): string[] =>
  rowsOf(text).flatMap(([first = '']) => [...first.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
