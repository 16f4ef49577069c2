import { writeFile } from 'node:fs/promises'
import { scratch } from '@parsl/testing'
import { expect, it } from 'vitest'
import { tailOf } from '../src/tail.js'

const tailOfText = async (text: string): Promise<string> => {
  await using folder = await scratch()
  await writeFile(folder.at('out'), text)
  return tailOf(folder.at('out'))
}

it('gives the last lines, whole', async () => {
  const lines = Array.from({ length: 1_000 }, (_, n) => `line ${n}`)
  expect(await tailOfText(`${lines.join('\n')}\n\n`)).toBe(lines.slice(-20).join('\n'))
  expect(await tailOfText(`${'x'.repeat(10_000)}\nend\n`)).toBe('end')
})

it('gives a part of a line that is too long', async () => {
  expect(await tailOfText('x'.repeat(10_000))).toBe('x'.repeat(4_096))
})

it('gives nothing of an empty file, and of none', async () => {
  expect(await tailOfText('')).toBe('')
  expect(await tailOf('/nowhere/out')).toBe('')
})
