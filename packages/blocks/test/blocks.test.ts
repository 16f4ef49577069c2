import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigurationError, JobStatus } from '@parsl/interfaces'
import { errorOf } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { fakeProvider } from './fake-provider.js'
import { newRig } from './rig.js'

const RUNNING: JobStatus = { state: 'running' }

describe('asking for blocks', () => {
  it('gives the provider a finished command, a name of its own for each block, and the environment', async () => {
    const provider = fakeProvider({
      nodesPerBlock: 2,
      launcher: (command, { nodes }) => `launch -n ${nodes} ${command}`,
    })
    const { blocks, dir, turns } = await newRig(provider, { env: { TOKEN: 'secret' } })
    expect(blocks.scaleOut(2)).toBe(2)
    await turns()
    expect(provider.requests).toEqual(
      ['0', '1'].map((block) => ({
        jobName: `parsl.htex.01234567.block-${block}`,
        command: `launch -n 2 work --block ${block}`,
        nodes: 2,
        tasksPerNode: 1,
        scriptDir: join(dir, 'submit_scripts'),
        env: { TOKEN: 'secret', MARK: 'run' },
      })),
    )
    expect(existsSync(join(dir, 'submit_scripts'))).toBe(true)
  })

  it('tells the log and monitoring, without the environment', async () => {
    const { blocks, events, log, turns } = await newRig(undefined, { env: { TOKEN: 'secret' } })
    blocks.scaleOut(1)
    await turns()
    expect(events).toMatchObject([
      { type: 'block', executor: 'htex', block: '0', job: 'job-0', status: { state: 'pending' } },
    ])
    expect(JSON.stringify([events, log.debug.mock.calls, log.warn.mock.calls])).not.toContain('secret')
  })

  it('makes a failed block of a refusal, and asks no more for a while', async () => {
    const provider = fakeProvider({ submit: () => Promise.reject(new Error('no such queue')) })
    const { blocks, states, gone, turns, pass } = await newRig(provider, { blockErrorHandler: false })
    blocks.scaleOut(1)
    await turns()
    expect(states()).toEqual(['0 failed'])
    expect(gone).toEqual([{ block: '0', status: { state: 'failed', message: 'no such queue' } }])
    expect(blocks.scaleOut(1)).toBe(0)
    await pass(2_000)
    expect(blocks.scaleOut(1)).toBe(1)
  })

  it('makes a failed block of a command or a launcher that throws', async () => {
    const broken = (): never => {
      throw new Error('no such image')
    }
    const { blocks, states, turns } = await newRig(fakeProvider({ launcher: broken }), { blockErrorHandler: false })
    blocks.scaleOut(1)
    await turns()
    expect(states()).toEqual(['0 failed'])
  })

  it('cancels a job whose submission was given up, once it is there', async () => {
    const answer = Promise.withResolvers<string>()
    const provider = fakeProvider({ submit: () => answer.promise })
    const { blocks, states, pass, turns } = await newRig(provider, { callMs: 5_000, blockErrorHandler: false })
    blocks.scaleOut(1)
    await pass(5_000)
    expect(states()).toEqual(['0 failed'])
    answer.resolve('job-9')
    await turns()
    expect(provider.cancelled).toEqual([['job-9']])
  })

  it('refuses settings that contradict each other, with every complaint', async () => {
    const options = { limits: { init: 11, min: 12 }, blockErrorHandler: 1 as never }
    const error = (await errorOf(newRig(fakeProvider({ nodesPerBlock: 2 }), options))) as ConfigurationError
    expect(error.code).toBe('PARSL_CONFIG')
    expect(error.details.complaints).toEqual([
      'htex.provider has 2 nodes a block and no launcher, so that all but one would stay idle: give fake a launcher',
      'htex.blocks.init is 11, more than htex.blocks.max, which is 10',
      'htex.blocks.min is 12, more than htex.blocks.max, which is 10',
      'htex.blockErrorHandler must be true or false, or a function',
    ])
  })
})

describe('watching blocks', () => {
  it('asks once a period, while there is something to ask about', async () => {
    const { blocks, provider, states, pass } = await newRig()
    await pass(30_000)
    expect(provider.asked.count).toBe(0)
    blocks.scaleOut(2)
    await pass(10_000)
    expect(provider.asked.count).toBe(1)
    provider.jobs.set('job-0', RUNNING)
    await pass(10_000)
    expect(states()).toEqual(['0 running', '1 pending'])
    blocks.connected('0')
    for (const job of ['job-0', 'job-1']) provider.jobs.set(job, { state: 'completed', exitCode: 0 })
    await pass(60_000)
    expect(provider.asked.count).toBe(3)
    expect(states()).toEqual(['0 completed', '1 missing'])
  })

  it('never asks twice at once, and gives an answer up that does not come', async () => {
    const provider = fakeProvider({ status: () => new Promise(() => {}) })
    const { blocks, pass, log } = await newRig(provider)
    blocks.scaleOut(1)
    await pass(65_000)
    expect(provider.asked).toMatchObject({ count: 1, mostBusy: 1 })
    await pass(600_000)
    expect(provider.asked.count).toBeGreaterThan(3)
    expect(provider.asked.count).toBeLessThan(10)
    expect(log.warn.mock.calls[0]?.[1]).toBe('the status of blocks could not be asked')
  })

  it('knows nothing of blocks whose batch system does not answer, and asks ever less often', async () => {
    let isDown = true
    const provider = fakeProvider({
      status: async (ids) => {
        if (isDown) throw new Error('connection refused')
        return new Map(ids.map((id) => [id, RUNNING]))
      },
    })
    const { blocks, pass, states, gone } = await newRig(provider)
    blocks.scaleOut(1)
    await pass(90_000)
    expect(states()).toEqual(['0 unknown'])
    expect(blocks.status()[0]?.status.message).toContain('connection refused')
    const { count } = provider.asked
    await pass(400_000)
    expect(provider.asked.count - count).toBeLessThan(7)
    isDown = false
    await pass(80_000)
    expect(states()).toEqual(['0 running'])
    expect(gone).toEqual([])
  })

  it('has the guardian hold the command that cancels a job, as long as the job may live', async () => {
    const { blocks, provider, guarded, pass } = await newRig()
    blocks.scaleOut(2)
    await pass(1_000)
    expect([...guarded]).toEqual(['fake-cancel job-0', 'fake-cancel job-1'])
    provider.jobs.set('job-0', { state: 'completed' })
    await pass(10_000)
    expect([...guarded]).toEqual(['fake-cancel job-1'])
  })

  it('tells the executor of an end, with the evidence', async () => {
    const { blocks, provider, gone, pass } = await newRig()
    blocks.scaleOut(1)
    await pass(1_000)
    blocks.connected('0')
    provider.jobs.set('job-0', { state: 'failed', exitCode: 137, signal: 'SIGKILL', outputTail: 'out of memory' })
    await pass(10_000)
    expect(gone).toEqual([
      { block: '0', status: { state: 'failed', exitCode: 137, signal: 'SIGKILL', outputTail: 'out of memory' } },
    ])
  })

  it('goes on where monitoring throws, and says so once', async () => {
    const sink = {
      event: () => {
        throw new Error('disk full')
      },
      close: async () => {},
    }
    const plain = await newRig()
    const context = { runId: 'r', dir: plain.dir, clock: plain.clock, log: plain.log, sinks: [sink] }
    const guardian = { mark: () => ({}), processGroup: () => () => {}, path: () => () => {}, command: () => () => {} }
    const { blocks, states, turns } = await newRig(undefined, { context: { ...context, guardian } })
    blocks.scaleOut(2)
    await turns()
    expect(states()).toEqual(['0 pending', '1 pending'])
    expect(plain.log.error).toHaveBeenCalledOnce()
  })
})

describe('removing blocks', () => {
  it('drains blocks that work before it cancels them, and says which are being ended', async () => {
    const drain = Promise.withResolvers<void>()
    const drained: string[] = []
    const { blocks, provider, loads, turns, states, pass } = await newRig(undefined, {
      drain: (ids) => {
        drained.push(...ids)
        return drain.promise
      },
    })
    blocks.scaleOut(2)
    await turns()
    for (const id of ['0', '1']) blocks.connected(id)
    loads.set('0', { tasks: 2, idleMs: 0 }).set('1', { tasks: 1, idleMs: 0 })
    expect(blocks.scaleIn(1)).toBe(1)
    await turns()
    expect(drained).toEqual(['1'])
    expect(provider.cancelled).toEqual([])
    expect(blocks.status().map(({ id, draining, tasks }) => [id, draining, tasks])).toEqual([
      ['0', false, 2],
      ['1', true, 1],
    ])
    drain.resolve()
    await pass(10_000)
    expect(provider.cancelled).toEqual([['job-1']])
    expect(states()).toEqual(['0 pending', '1 scaledIn'])
  })

  it('removes only what was idle for long, where asked to', async () => {
    const { blocks, loads, turns } = await newRig()
    blocks.scaleOut(3)
    await turns()
    for (const [id, idleMs] of [
      ['0', 10],
      ['1', 5_000],
      ['2', 0],
    ] as const) {
      blocks.connected(id)
      loads.set(id, { tasks: 0, idleMs })
    }
    expect(blocks.scaleIn(3, { idleMs: 1_000 })).toBe(1)
    expect(blocks.status().find(({ draining }) => draining)?.id).toBe('1')
  })

  it('ends blocks that cannot be drained all the same', async () => {
    const { blocks, provider, turns, log } = await newRig(undefined, {
      drain: () => Promise.reject(new Error('no interchange')),
    })
    blocks.scaleOut(1)
    await turns()
    blocks.connected('0')
    blocks.scaleIn(1)
    await turns()
    expect(provider.cancelled).toEqual([['job-0']])
    expect(log.warn).toHaveBeenCalledOnce()
  })

  it('asks again where cancelling failed', async () => {
    let calls = 0
    const provider = fakeProvider({
      cancel: async (ids) => {
        if (++calls === 1) throw new Error('try again')
        for (const id of ids) provider.jobs.set(id, { state: 'cancelled' })
      },
    })
    const { blocks, pass, states } = await newRig(provider)
    blocks.scaleOut(1)
    await pass(1_000)
    blocks.scaleIn(1)
    await pass(30_000)
    expect(states()).toEqual(['0 scaledIn'])
    expect(calls).toBe(2)
  })
})
