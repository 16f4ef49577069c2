import { describe, expect, it } from 'vitest'
import { errorOf, eventually } from '@parsl/testing'
import { runBatch } from '../../src/perf/batch.js'

describe('a batch', () => {
  it('makes as many calls as it was told, and takes as long as the last result', async () => {
    let calls = 0
    const result = await runBatch(async () => {
      calls++
      return 7
    }, 2_345)
    expect(calls).toBe(2_345)
    expect(result.tasks).toBe(2_345)
    expect(result.submitSeconds).toBeLessThanOrEqual(result.seconds)
  })

  it('has a hundred thousand tasks open at most', async () => {
    let open = 0
    let most = 0
    const call = async (): Promise<number> => {
      most = Math.max(most, ++open)
      await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))))
      open--
      return 7
    }
    const gate = Promise.withResolvers<void>()
    let calls = 0
    const held = runBatch(async () => {
      calls++
      await gate.promise
      return call()
    }, 150_000)
    while (calls < 100_000) await new Promise((resolve) => setImmediate(resolve))
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(calls).toBe(100_000)
    gate.resolve()
    expect((await held).tasks).toBe(150_000)
    expect(calls).toBe(150_000)
    expect(most).toBeLessThanOrEqual(100_000)
  })

  it('fails with the first task that fails, and no other failure goes unseen', async () => {
    let calls = 0
    const seen = new Set<number>()
    // As our futures do, it rejects once somebody looks.
    const call = (): PromiseLike<number> => {
      const task = calls++
      const look: PromiseLike<number>['then'] = (fulfilled, rejected) => {
        seen.add(task)
        return Promise.reject(new Error(`task ${task}`)).then(fulfilled, rejected)
      }
      // oxlint-disable-next-line unicorn/no-thenable -- that is what a future is
      return { then: look }
    }
    expect((await errorOf(runBatch(call, 3_000))).message).toBe('task 0')
    await eventually(() => seen.size === 3_000)
  })

  it('fails where a task gives something else', async () => {
    expect((await errorOf(runBatch(async () => 8, 10))).message).toBe('a task gave 8 where its body returns 7')
  })
})
