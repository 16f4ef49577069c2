import { AppTimeout } from '@parsl/interfaces'
import { describe, expect, it, vi } from 'vitest'
import { RunningBody } from '../src/running-body.ts'
import { currentTask, task } from '../src/task-context.ts'
import { endOf, fakePlace, tryOf } from './place.ts'

const forever = (): Promise<never> => new Promise(() => {})

const started = (body: () => unknown, how: Parameters<typeof tryOf>[1] = {}) => {
  const place = fakePlace(2_000)
  const running = new RunningBody(tryOf(body, how), place)
  running.start()
  return { place, running }
}

describe('a body that ends', () => {
  it('is reported within the call where it returns a value', () => {
    const { place, running } = started(() => 42)
    expect(place.ends).toEqual([{ is: 'succeeded', value: 42 }])
    expect(running.isSettled).toBe(true)
  })

  it('is given its arguments', async () => {
    const attempt = tryOf((a: number, b: { readonly c: string }) => [a, b.c], { args: [1, { c: 'x' }] })
    expect(await endOf(attempt)).toEqual({ is: 'succeeded', value: [1, 'x'] })
  })

  it('is reported once its promise is kept', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const { place, running } = started(() => promise)
    expect([place.ends, running.isSettled]).toEqual([[], false])
    resolve(42)
    expect(await place.ended).toEqual({ is: 'succeeded', value: 42 })
  })

  it('may return anything that has a then', async () => {
    // oxlint-disable-next-line unicorn/no-thenable
    const { place } = started(() => ({ then: (keep: (value: number) => void) => keep(42) }))
    expect(await place.ended).toEqual({ is: 'succeeded', value: 42 })
  })

  it('fails with the very thing that it throws', () => {
    const error = new Error('mine')
    const { place } = started(() => {
      throw error
    })
    expect(place.ends).toEqual([{ is: 'failed', error, kind: 'body' }])
    expect(place.ends[0]).toHaveProperty(
      'error',
      expect.toSatisfy((thrown) => thrown === error),
    )
  })

  it.each([undefined, null, 'text', 5])('fails with %o where it throws that', async (thrown) => {
    const { place } = started(() => Promise.reject(thrown))
    expect(await place.ended).toEqual({ is: 'failed', error: thrown, kind: 'body' })
  })

  it('fails where the then of its result throws', async () => {
    const error = new Error('mine')
    const { place } = started(() => ({
      // oxlint-disable-next-line unicorn/no-thenable
      get then(): unknown {
        throw error
      },
    }))
    expect(await place.ended).toEqual({ is: 'failed', error, kind: 'body' })
  })
})

describe('walltime', () => {
  const spec = { walltimeMs: 90_000 }

  it('fails a body that exceeds it as the error of the body', () => {
    const { place, running } = started(forever, { spec })
    const { signal } = running
    place.clock.advance(89_999)
    expect(signal.aborted).toBe(false)
    place.clock.advance(1)
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toBeInstanceOf(AppTimeout)
    expect(place.ends).toEqual([])
    place.clock.advance(2_000)
    expect(place.ends).toEqual([{ is: 'failed', error: signal.reason as unknown, kind: 'body' }])
    expect(String(signal.reason)).toBe('AppTimeout: app align exceeded its walltime of 90 s')
  })

  it('fails a body that throws something else once its time is up', async () => {
    const { place } = started(
      () =>
        new Promise((_, reject) => {
          task().signal.addEventListener('abort', () => reject(new Error('interrupted')))
        }),
      { spec },
    )
    place.clock.advance(90_000)
    expect(await place.ended).toMatchObject({ error: { code: 'PARSL_APP_TIMEOUT' }, kind: 'body' })
  })

  it('leaves no timer behind where the body ends in time', async () => {
    const { place } = started(async () => 42, { spec })
    expect(place.clock.waiting()).toBe(1)
    await place.ended
    expect(place.clock.waiting()).toBe(0)
    expect(started(() => 42, { spec }).place.clock.waiting()).toBe(0)
  })

  it('is the deadline that the body sees', () => {
    const { place, running } = started(forever, { spec })
    expect(running.deadline).toEqual(new Date(place.clock.now() + 90_000))
    place.clock.advance(1_000)
    expect(running.deadline?.getTime()).toBe(place.clock.now() + 89_000)
  })

  it('is no deadline where there is none', () => {
    expect(started(forever).running.deadline).toBeUndefined()
  })
})

describe('stop', () => {
  it('fails a body that heeds its signal, with the reason of the stop', async () => {
    const reason = new Error('enough')
    const { place, running } = started(
      () =>
        new Promise((resolve) => {
          task().signal.addEventListener('abort', () => resolve('partial'))
        }),
    )
    running.stop(reason)
    expect(await place.ended).toEqual({ is: 'failed', error: reason, kind: 'stopped' })
    expect(place.clock.waiting()).toBe(0)
  })

  it('writes off a body that ignores its signal after the grace period, and says so', () => {
    const { place, running } = started(forever)
    running.stop('enough')
    place.clock.advance(1_999)
    expect(place.ends).toEqual([])
    place.clock.advance(1)
    expect(place.ends).toEqual([{ is: 'failed', error: 'enough', kind: 'stopped' }])
    expect(place.warnings).toEqual([
      'the body did not stop within its grace period and is written off; it may still run',
    ])
  })

  it('gives a command five seconds more, since it is killed after the grace period', () => {
    const { place, running } = started(forever, { spec: { kind: 'bash' } })
    running.stop('enough')
    place.clock.advance(6_999)
    expect(place.ends).toEqual([])
    place.clock.advance(1)
    expect(place.ends).toEqual([{ is: 'failed', error: 'enough', kind: 'stopped' }])
  })

  it('reports a body that ends after it was written off no second time', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const { place, running } = started(() => promise)
    running.stop('enough')
    place.clock.advance(2_000)
    resolve(42)
    await promise
    expect(place.ends).toHaveLength(1)
  })

  it('takes the first of two reasons', () => {
    const { place, running } = started(forever)
    running.stop('first')
    place.clock.advance(1_000)
    running.stop('second', 'body')
    place.clock.advance(1_000)
    expect(place.ends).toEqual([{ is: 'failed', error: 'first', kind: 'stopped' }])
    expect(running.signal.reason).toBe('first')
  })

  it('does nothing to a body that has ended', () => {
    const { place, running } = started(() => 42)
    running.stop('late')
    expect(running.signal.aborted).toBe(false)
    expect(place.clock.waiting()).toBe(0)
    expect(place.ends).toEqual([{ is: 'succeeded', value: 42 }])
  })

  it('ends the walltime', () => {
    const { place, running } = started(forever, { spec: { walltimeMs: 1_000 } })
    running.stop('enough')
    place.clock.advance(60_000)
    expect(place.ends).toEqual([{ is: 'failed', error: 'enough', kind: 'stopped' }])
  })

  it('may come from within the body', () => {
    const place = fakePlace()
    const running = new RunningBody(
      tryOf(() => running.stop('myself')),
      place,
    )
    running.start()
    expect(place.ends).toEqual([{ is: 'failed', error: 'myself', kind: 'stopped' }])
  })

  it('calls what was to be called, at once where that comes late', () => {
    const { running } = started(forever)
    const kill = vi.fn<() => void>()
    running.whenStopped(kill)
    expect(kill).not.toHaveBeenCalled()
    expect(() => running.throwIfStopped()).not.toThrow()
    running.stop(new Error('enough'))
    expect(kill).toHaveBeenCalledTimes(1)
    expect(() => running.throwIfStopped()).toThrow('enough')
    const late = vi.fn<() => void>()
    running.whenStopped(late)
    expect(late).toHaveBeenCalledTimes(1)
  })
})

describe('the signal', () => {
  it('is one and the same', () => {
    const { running } = started(forever)
    expect(running.signal).toBe(running.signal)
  })

  it('is aborted where it is first asked for after the stop', () => {
    const { running } = started(forever)
    running.stop('enough')
    expect(running.signal.aborted).toBe(true)
    expect(running.signal.reason).toBe('enough')
  })
})

describe('abandon', () => {
  it('fails a body at once', () => {
    const { place, running } = started(forever)
    running.abandon('stalled')
    expect(place.ends).toEqual([{ is: 'failed', error: 'stalled', kind: 'body' }])
  })

  it('fails one that was stopped with the reason of that', () => {
    const { place, running } = started(forever)
    running.stop('enough')
    running.abandon('stalled')
    expect(place.ends).toEqual([{ is: 'failed', error: 'enough', kind: 'stopped' }])
    expect(place.clock.waiting()).toBe(0)
  })
})

describe('task() in a body', () => {
  it('is the running body', async () => {
    const place = fakePlace()
    const attempt = tryOf(async () => [task(), await Promise.resolve().then(task)], {
      attempt: 2,
      spec: { resources: { cores: 3 } },
    })
    const running = new RunningBody(attempt, place)
    running.start()
    expect(await place.ended).toEqual({ is: 'succeeded', value: [running, running] })
    expect(running).toMatchObject({ id: 7, app: 'align', attempt: 2, resources: { cores: 3 } })
  })

  it('is not the task where its end is reported', async () => {
    const seen: unknown[] = []
    for (const body of [() => 1, async () => 1]) {
      const place = fakePlace()
      const report = {
        succeeded: (): void => {
          seen.push(currentTask())
          place.report.succeeded(attempt, 1)
        },
        failed: place.report.failed,
      }
      const attempt = tryOf(body)
      new RunningBody(attempt, { ...place, report }).start()
      await place.ended
    }
    expect(seen).toEqual([undefined, undefined])
  })
})
