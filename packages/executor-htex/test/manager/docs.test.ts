import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/manager/exit-codes.js'
import { managerFlags } from '../../src/manager/options.js'

const page = await readFile(new URL('../../../../docs/htex-manager.md', import.meta.url), 'utf8')
const firstColumn = [...page.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell.trim())

describe('the page about the manager', () => {
  it('has a row for every option, and no other', () => {
    const flags = firstColumn.filter((cell) => cell.startsWith('`--')).map((cell) => cell.slice(3, -1))
    expect(flags.toSorted()).toEqual([...managerFlags].toSorted())
  })

  it('has a row for every exit code of its own', () => {
    const codes = firstColumn.filter((cell) => /^\d$/.test(cell)).map(Number)
    expect(codes).toEqual(Object.values(exitCodes))
  })
})
