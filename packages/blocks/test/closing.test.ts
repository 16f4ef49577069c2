import { describe, expect, it } from 'vitest'
import { fakeProvider } from './fake-provider.js'
import { newRig } from './rig.js'

describe('close', () => {
  it('cancels every block, waits until all are gone, and gives none', async () => {
    const { blocks, provider, pass, states, guarded } = await newRig()
    blocks.scaleOut(3)
    await pass(1_000)
    blocks.connected('0')
    const closed = blocks.close()
    await pass(10_000)
    expect(await closed).toEqual([])
    expect(provider.cancelled).toEqual([['job-0', 'job-1', 'job-2']])
    expect(states()).toEqual(['0 scaledIn', '1 scaledIn', '2 scaledIn'])
    expect(guarded.size).toBe(0)
  })

  it('is at once where there are no blocks, and leaves no timer', async () => {
    const { blocks, clock } = await newRig()
    expect(await blocks.close()).toEqual([])
    expect(clock.waiting()).toBe(0)
  })

  it('gives the same promise again, and takes no more blocks', async () => {
    const { blocks, provider, turns } = await newRig()
    expect(blocks.close()).toBe(blocks.close())
    expect(blocks.scaleOut(3)).toBe(0)
    await turns()
    expect(provider.requests).toEqual([])
  })

  it('says which blocks may be left, after a while', async () => {
    const provider = fakeProvider({ whenCancelled: { state: 'running' } })
    const { blocks, pass, log, clock } = await newRig(provider)
    blocks.scaleOut(2)
    await pass(1_000)
    provider.jobs.set('job-1', { state: 'completed' })
    await pass(10_000)
    const closed = blocks.close()
    await pass(40_000)
    expect(await closed).toMatchObject([{ id: '0', job: 'job-0', status: { state: 'running' } }])
    expect(log.error.mock.calls[0]?.[1]).toContain('block 0 (job job-0) running')
    expect(clock.waiting()).toBe(0)
  })

  it('waits for submissions that are under way, and cancels their jobs', async () => {
    const answer = Promise.withResolvers<string>()
    const provider = fakeProvider({ submit: () => answer.promise })
    const { blocks, pass } = await newRig(provider)
    blocks.scaleOut(1)
    await pass(1_000)
    const closed = blocks.close()
    answer.resolve('job-7')
    await pass(25_000)
    expect(await closed).toEqual([])
    expect(provider.cancelled).toEqual([['job-7']])
  })
})
