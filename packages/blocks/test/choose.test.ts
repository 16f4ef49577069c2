import { expect, it } from 'vitest'
import { chooseBlocks } from '../src/choose.js'
import type { BlockRecord } from '../src/state.js'

const record = (id: string, more: Partial<BlockRecord> = {}): BlockRecord => ({
  id,
  phase: 'live',
  job: `j${id}`,
  status: { state: 'running' },
  connected: true,
  unwanted: false,
  cancelledAt: -Infinity,
  ...more,
})
const load = (id: string, tasks: number, idleMs: number) => [id, { tasks, idleMs }] as const

const ALL = [
  record('0'),
  record('1'),
  record('2'),
  record('3', { connected: false }),
  record('4', { connected: false, status: { state: 'pending' } }),
  record('10', { connected: false, status: { state: 'pending' } }),
  record('11', { phase: 'submitting', connected: false }),
  record('12', { phase: 'requested', connected: false }),
]
const LOADS = new Map([load('0', 3, 0), load('1', 1, 0), load('2', 0, 5_000)])
const ids = (records: readonly BlockRecord[]) => records.map(({ id }) => id)

it('takes those that are farthest from work first, then those idle longest, then those with the fewest tasks', () => {
  expect(ids(chooseBlocks(ALL, LOADS, { count: 8 }))).toEqual(['12', '11', '10', '4', '3', '2', '1', '0'])
})

it('takes only those that were idle for so long, where asked to', () => {
  expect(ids(chooseBlocks(ALL, LOADS, { count: 8, idleMs: 5_000 }))).toEqual(['12', '11', '10', '4', '3', '2'])
  expect(ids(chooseBlocks(ALL, LOADS, { count: 8, idleMs: 5_001 }))).toEqual(['12', '11', '10', '4', '3'])
})

it('takes none where it is to take none, or fewer', () => {
  expect(chooseBlocks(ALL, LOADS, { count: 0 })).toEqual([])
  expect(chooseBlocks(ALL, LOADS, { count: -2 })).toEqual([])
})
