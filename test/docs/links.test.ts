import { existsSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { headingsOf, pages, proseOf, root } from './pages.ts'

/** The anchors of a page, as GitHub makes them from its headings. */
const anchorsOf = (page: string): Set<string> => {
  const anchors = new Set<string>()
  for (const heading of headingsOf(page)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const slug = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-')
    let anchor = slug
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`
    anchors.add(anchor)
  }
  return anchors
}

const linksOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))

/** What is wrong with a link, if anything. */
const complaintAbout = (page: string, target: string): string | undefined => {
  const [path = '', anchor] = target.split('#')
  const place = path === '' ? join(root, page) : resolve(root, dirname(page), path)
  if (relative(root, place).startsWith('..')) return `${target} leads out of the repository`
  if (!existsSync(place)) return `${target} is not there`
  if (anchor === undefined || !statSync(place).isFile()) return undefined
  return anchorsOf(relative(root, place)).has(anchor) ? undefined : `${target} has no such heading`
}

describe('links', () => {
  it('are found', () => {
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(30)
  })

  it.each(pages)('of %s lead somewhere', (page) => {
    expect(
      linksOf(page)
        .map((target) => complaintAbout(page, target))
        .filter(Boolean),
    ).toEqual([])
  })
})
