import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read, root, rowsOf } from './pages.ts'

const page = 'docs/parity.md'
const rows = rowsOf(read(page)).map(([handle = '', parsl = '', ours = '', test = '']) => ({
  handle,
  parsl,
  ours,
  test,
}))
const TEST = /\[[^\]]+\]\(\.\.\/([^)]+)\) "([^"]+)"/g

/** What is wrong with the test column of a row, if anything. */
const complaintsAbout = ({ ours, test }: (typeof rows)[number]): string[] => {
  const isAbsent = /^(Not yet|Left out)/.test(ours)
  if (test === '–') return isAbsent ? [] : ['needs a test, or "open"']
  if (isAbsent) return ['is not there, so it has no test']
  if (test === 'open') return []
  const named = [...test.matchAll(TEST)]
  if (named.map(([whole]) => whole).join('; ') !== test) return [`cannot be read: ${test}`]
  return named.flatMap(([, path = '', title = '']) => {
    if (!existsSync(join(root, path))) return [`${path} is not there`]
    return read(path).replaceAll("\\'", "'").includes(title) ? [] : [`${path} has no test called ${title}`]
  })
}

describe('docs/parity.md', () => {
  it('names each handle once', () => {
    const handles = rows.map(({ handle }) => handle)
    expect(handles.length).toBeGreaterThan(100)
    expect(handles.filter((handle, index) => handles.indexOf(handle) !== index)).toEqual([])
  })

  it('names tests that are there, for everything that is', () => {
    const complaints = rows.map((row) => [row.handle, ...complaintsAbout(row)])
    expect(complaints.filter(({ length }) => length > 1)).toEqual([])
  })
})
