import type { Guardian } from '@parsl/interfaces'
import type { LinkEvents, OpenWorker, WorkerEnd } from '@parsl/worker'
import { describe, expect, it } from 'vitest'
import { placed } from '../../src/manager/worker-places.js'

const nothing = (): void => {}
const END: WorkerEnd = { exitCode: 0, signal: null, outOfMemory: false, evidence: '' }

describe('places of workers', () => {
  it('give each a rank that no other has while it lives, and what it knows beside', () => {
    const marks: Readonly<Record<string, string>>[] = []
    const events: LinkEvents[] = []
    const link = { name: '', send: nothing, takeBack: () => [], end: nothing, kill: nothing, hold: nothing }
    const kind =
      ({ guardian }: { guardian: Guardian }): OpenWorker =>
      (_options, given) => {
        marks.push(guardian.mark())
        events.push(given)
        return link
      }
    const guardian: Guardian = {
      mark: () => ({ PARSL_RUN: 'r' }),
      processGroup: () => nothing,
      command: () => nothing,
      path: () => nothing,
    }
    const setup = { program: 'p', settings: { killGraceMs: 1, keepBytes: 1 }, guardian }
    const open = placed(setup, { manager: 'm', block: 'b', size: 2 }, kind)
    const next = (): string | undefined => {
      open({ name: 'w', heapMb: undefined }, { message: nothing, gone: nothing })
      return marks.at(-1)?.['PARSL_WORKER_RANK']
    }
    expect([next(), next()]).toEqual(['0', '1'])
    events[0]?.gone(END)
    expect(next()).toBe('0')
    // One that cannot be ended keeps its rank, and shares it.
    expect(next()).toBe('0')
    expect(marks[0]).toEqual({
      PARSL_RUN: 'r',
      PARSL_WORKER_RANK: '0',
      PARSL_WORKER_COUNT: '2',
      PARSL_WORKER_POOL_ID: 'm',
      PARSL_WORKER_BLOCK_ID: 'b',
    })
  })
})
