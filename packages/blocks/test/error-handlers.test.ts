import type { Block, ConfigurationError, JobStatus } from '@parsl/interfaces'
import { describe, expect, it, vi } from 'vitest'
import { type BlockErrorHandler, noopErrorHandler, simpleErrorHandler, windowedErrorHandler } from '../src/index.js'
import { fakeProvider } from './fake-provider.js'
import { newRig } from './rig.js'

const OWNER = { label: 'htex', limits: { init: 2, min: 0, max: 10, parallelism: 1 } }
const blocksOf = (...states: readonly JobStatus['state'][]): Block[] =>
  states.map((state, id) => ({
    id: String(id),
    status: { state },
    tasks: 0,
    idleMs: 0,
    draining: false,
    connected: false,
  }))

describe('the simple handler', () => {
  const handler = simpleErrorHandler()

  it('waits for as many blocks as there are at the start', () => {
    expect(handler(blocksOf('failed'), OWNER)).toBeUndefined()
    expect(handler([], { ...OWNER, limits: { ...OWNER.limits, init: 0 } })).toBeUndefined()
  })

  it('gives the executor up when all have failed', () => {
    expect(handler(blocksOf('failed', 'missing'), OWNER)).toMatchObject({
      code: 'PARSL_EXECUTOR_JOB_FAILURES',
      details: { executor: 'htex', blocks: ['0', '1'] },
    })
  })

  it('goes on when any has worked, however it ended: that was an accident', () => {
    const [lost, ...others] = blocksOf('failed', 'failed')
    expect(handler([{ ...(lost as Block), connected: true }, ...others], OWNER)).toBeUndefined()
  })

  it('goes on when any has not', () => {
    for (const state of ['running', 'pending', 'completed', 'timeout', 'scaledIn'] as const)
      expect(handler(blocksOf('failed', state, 'failed'), OWNER), state).toBeUndefined()
  })
})

describe('the windowed handler', () => {
  it('looks at the newest blocks alone', () => {
    const handler = windowedErrorHandler()
    expect(handler(blocksOf('completed', 'failed', 'failed'), OWNER)).toBeUndefined()
    expect(handler(blocksOf('completed', 'failed', 'missing', 'failed'), OWNER)).toMatchObject({
      details: { blocks: ['1', '2', '3'] },
    })
    expect(handler(blocksOf('failed', 'failed', 'failed', 'pending'), OWNER)).toBeUndefined()
  })

  it('is told how many', () => {
    expect(windowedErrorHandler({ threshold: 1 })(blocksOf('completed', 'failed'), OWNER)).toBeInstanceOf(Error)
    expect(windowedErrorHandler({ threshold: 4 })(blocksOf('failed', 'failed', 'failed'), OWNER)).toBeUndefined()
  })

  it('refuses what is no number of blocks', () => {
    for (const threshold of [0, 1.5, 101, 'x'])
      expect(() => windowedErrorHandler({ threshold: threshold as number }), String(threshold)).toThrow(
        expect.objectContaining({ code: 'PARSL_CONFIG' }) as ConfigurationError,
      )
  })
})

it('the handler that does nothing never gives up', () => {
  expect(noopErrorHandler()(blocksOf('failed', 'failed', 'failed', 'failed'), OWNER)).toBeUndefined()
})

describe('an executor', () => {
  const failed: JobStatus = {
    state: 'failed',
    exitCode: 127,
    stdoutPath: '/scripts/0.out',
    stderrPath: '/scripts/0.err',
    outputTail: 'sh: node: not found',
  }

  it('is told once that it is broken, with what each block left behind; and its other blocks are ended', async () => {
    const { blocks, provider, broken, pass } = await newRig(undefined, { limits: { init: 1 } })
    blocks.scaleOut(2)
    await pass(1_000)
    for (const job of ['job-0', 'job-1']) provider.jobs.set(job, failed)
    await pass(10_000)
    expect(broken).toHaveLength(1)
    expect(broken[0]?.message).toBe(
      ['0', '1'].reduce(
        (text, id) => `${text}
block ${id} (job job-${id}) missing: ended before any of its workers connected (failed)
  exit code: 127
  output: /scripts/0.out
  errors: /scripts/0.err
  last lines:
    sh: node: not found`,
        'executor htex lost 2 blocks:',
      ),
    )
    await pass(60_000)
    expect(blocks.scaleOut(1)).toBe(0)
  })

  it('goes by a handler of its user, whose text is the reason', async () => {
    const handler = vi.fn<BlockErrorHandler>(() => 'enough')
    const { blocks, provider, broken, pass, states } = await newRig(undefined, { blockErrorHandler: handler })
    blocks.scaleOut(2)
    await pass(1_000)
    blocks.connected('0')
    provider.jobs.set('job-0', { state: 'timeout' })
    await pass(20_000)
    expect(handler).toHaveBeenCalledExactlyOnceWith(
      [expect.objectContaining({ id: '0', status: { state: 'timeout' } }), expect.objectContaining({ id: '1' })],
      { label: 'htex', limits: blocks.limits },
    )
    expect(broken.map(({ message }) => message)).toEqual(['enough'])
    expect(states()).toEqual(['0 timeout', '1 scaledIn'])
  })

  it('goes on where that handler throws, and the log says so', async () => {
    const handler = (): never => {
      throw new Error('a bug')
    }
    const { blocks, provider, broken, pass, log } = await newRig(fakeProvider(), { blockErrorHandler: handler })
    blocks.scaleOut(1)
    await pass(1_000)
    provider.jobs.set('job-0', { state: 'failed' })
    await pass(15_000)
    expect(broken).toEqual([])
    expect(log.error).toHaveBeenCalledOnce()
    expect(blocks.scaleOut(1)).toBe(1)
  })

  it('is not judged by blocks that were to end', async () => {
    const handler = vi.fn<BlockErrorHandler>(() => undefined)
    const { blocks, pass } = await newRig(undefined, { blockErrorHandler: handler })
    blocks.scaleOut(1)
    await pass(1_000)
    blocks.scaleIn(1)
    await pass(20_000)
    expect(handler).not.toHaveBeenCalled()
  })
})
