import type { ExecutorReport, FailureKind } from '@parsl/interfaces'
import { encodeError, encodeValue } from '@parsl/serialize'
import { eventually } from '@parsl/testing'
import { programFunctions } from '@parsl/worker'
import { describe, expect, it } from 'vitest'
import { newResults } from '../../src/executor/results.ts'
import { newTries, type Sent } from '../../src/executor/tries.ts'
import type { WireLoss } from '../../src/wire/messages.ts'
import { aTry } from './given.ts'

type End = readonly ['succeeded', unknown] | readonly ['failed', FailureKind, unknown]

const newWorld = () => {
  const ends: End[] = []
  const report: ExecutorReport = {
    started: () => {},
    succeeded: (_attempt, value) => void ends.push(['succeeded', value]),
    failed: (_attempt, error, kind) => void ends.push(['failed', kind, error]),
    broken: () => {},
  }
  const tries = newTries(() => {})
  const results = newResults({ executor: 'htex', functions: programFunctions(), tries, report })
  const send = (more: Partial<Sent> = {}): Sent => {
    const sent = {
      id: tries.nextId(),
      attempt: aTry(),
      parts: [],
      heapMb: 96,
      letGo: [],
      block: undefined,
      stop: undefined,
      ...more,
    }
    tries.add(sent)
    return sent
  }
  const ended = (count: number) => eventually(() => ends.length >= count, { guardMs: 5_000, state: () => ends })
  return { ends, tries, results, send, ended }
}

const aLoss = (id: number, cause: WireLoss['cause']): WireLoss => ({
  id,
  cause,
  host: 'node7',
  block: '2',
  who: cause === 'manager' ? 'm1' : 'worker 3',
  exitCode: 4,
  signal: null,
  evidence: 'evidence',
})

const ok = (id: number, value: unknown) => ({ id, ok: true, kind: undefined, ms: 1, payload: encodeValue(value) })

describe('results', () => {
  it('are reported once, and what comes again is counted', async () => {
    const { ends, tries, results, send, ended } = newWorld()
    const { id } = send()
    results.ended(ok(id, { a: 1 }))
    results.ended(ok(id, { a: 2 }))
    results.lost(aLoss(id, 'manager'))
    results.stopped(99)
    await ended(1)
    expect(ends).toEqual([['succeeded', { a: 1 }]])
    expect([tries.size, tries.strays]).toEqual([0, 3])
  })

  it('are errors where the body threw, or where nobody can read them', async () => {
    const { ends, results, send, ended } = newWorld()
    const payload = encodeError(new RangeError('out'), { functions: programFunctions() })
    results.ended({ id: send().id, ok: false, kind: 'body', ms: 1, payload })
    await ended(1)
    expect(ends[0]).toMatchObject(['failed', 'body', { name: 'RangeError', message: 'out' }])
    results.ended({ ...ok(send().id, 1), payload: new Uint8Array([0xc1, 1, 2]) })
    await ended(2)
    expect(ends[1]).toMatchObject(['failed', 'body', { code: expect.stringMatching(/^PARSL_DESERIALIZE/) as unknown }])
  })

  it.each([
    ['manager', 'lost', 'PARSL_EXECUTOR_MANAGER_LOST', /lost manager m1 on node7, of block 2: evidence/],
    ['worker', 'lost', 'PARSL_EXECUTOR_WORKER_LOST', /worker 3 on node7.*evidence/s],
    ['interchange', 'lost', 'PARSL_EXECUTOR_INTERCHANGE_LOST', /evidence/],
    ['memory', 'body', 'PARSL_APP_OUT_OF_MEMORY', /96 MiB/],
    ['exit', 'body', 'PARSL_APP_EXITED', /process\.exit\(4\)/],
  ] as const)('of a try that was lost by its %s are %s', (cause, kind, code, message) => {
    const { ends, results, send } = newWorld()
    results.lost(aLoss(send().id, cause))
    expect(ends).toMatchObject([['failed', kind, { code, message: expect.stringMatching(message) as unknown }]])
  })

  it('of a try that was to stop have the reason, however it was lost', () => {
    const { ends, results, send } = newWorld()
    const stop = { reason: 'enough' }
    results.lost(aLoss(send({ stop }).id, 'worker'))
    results.stopped(send({ stop }).id)
    results.stopped(send().id)
    expect(ends.slice(0, 2)).toEqual([
      ['failed', 'stopped', 'enough'],
      ['failed', 'stopped', 'enough'],
    ])
    expect(ends[2]).toMatchObject(['failed', 'lost', { code: 'PARSL_EXECUTOR' }])
  })

  it('let go of what the try took', () => {
    const { results, send } = newWorld()
    let released = 0
    results.stopped(send({ letGo: [() => released++, () => released++] }).id)
    expect(released).toBe(2)
  })

  it('are one error for all when nothing can come any more', () => {
    const { ends, tries, results, send } = newWorld()
    for (let n = 0; n < 3; n++) send()
    const error = new Error('gone')
    results.allFail(error, 'lost')
    expect(ends).toEqual(Array.from({ length: 3 }, () => ['failed', 'lost', error]))
    expect(tries.size).toBe(0)
  })
})

describe('tries that have not ended', () => {
  it('have the parts that the interchange may ask for again', () => {
    const { tries, send } = newWorld()
    const [a, b] = [['a', 'text'] as const, ['b', new Uint8Array(2)] as const]
    send({ parts: [a] })
    send({ parts: [a, b] })
    expect(tries.parts(['b', 'c', 'a'])).toEqual([a, b])
  })
})
