import type { ExecutorCapabilities } from '@parsl/interfaces'
import { describe, expect, it } from 'vitest'
import { type Group, runGroups, type Skip } from '../src/suite.js'

const capabilities: ExecutorCapabilities = {
  isolation: 'none',
  resources: [],
  priorities: false,
  capturesStreams: false,
  forcedStop: false,
}
const groups: readonly Group<object>[] = [
  { name: 'all', cases: { 'is asked of everyone': () => {} } },
  { name: 'some', when: ({ priorities }) => priorities, cases: { 'is asked of some': () => {} } },
]
const running = (skip: readonly Skip[]) => () =>
  runGroups(groups, { capabilities, skip, guardMs: 1_000, world: async () => ({}) })

describe('what is skipped', () => {
  it.each([
    ['all > is asked of nobody', 'no such title'],
    ['is asked of everyone', 'no group'],
    ['some > is asked of some', 'capabilities leave it out already'],
  ])('must be a test that would run: %s', (test, reason) => {
    expect(running([{ test, reason }])).toThrow(`no test that would run is called ${test}`)
  })

  it('must have a reason', () => {
    expect(running([{ test: 'all > is asked of everyone', reason: ' ' }])).toThrow('a reason is missing')
  })
})
