import { setTimeout as pause } from 'node:timers/promises'
import { isParslError } from '@parsl/core'
import { expect } from 'vitest'
import { opened } from '../bodies.js'
import { errorOf } from '../error-of.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from '../workflows/bench.js'
import { besideOthers } from './bystander.js'
import type { Expectations } from './expectations.js'

const throwLater = (ms: number): void => {
  setTimeout(() => {
    throw new RangeError('thrown by a timer')
  }, ms)
}

const whileRunning = ({ uncaught = 'own', lost = 'PARSL_EXECUTOR' }: Expectations): Cases<Bench> => ({
  'an error that a timer of a running body throws ends the body': async ({ parsl, folder }) => {
    const app = parsl.jsApp(
      async (path: string) => {
        throwLater(1)
        await opened(path)
      },
      { infrastructureRetries: 0 },
    )
    const error = await errorOf(app(folder.at('never there')))
    if (uncaught === 'own') expect(error).toMatchObject({ name: 'RangeError', message: 'thrown by a timer' })
    else expect(isParslError(error, lost as 'PARSL_EXECUTOR'), String(error)).toBe(true)
  },
})

const afterwards: Cases<Bench> = {
  'an error that a timer throws after its body fails no other task': async ({ parsl }) => {
    const leave = parsl.jsApp((ms: number) => {
      throwLater(ms)
      return 'left'
    })
    expect(await leave(20)).toBe('left')
    const others = Array.from({ length: 12 }, () => parsl.jsApp((ms: number) => pause(ms, ms))(20))
    expect(await Promise.all(others)).toEqual(others.map(() => 20))
  },
  'a rejection that nobody handles is left behind without harm': async ({ parsl }) => {
    const leave = parsl.jsApp(() => {
      void Promise.reject(new RangeError('nobody handles this'))
      return 'left'
    })
    const futures = Array.from({ length: 6 }, () => leave())
    expect(await Promise.all(futures)).toEqual(futures.map(() => 'left'))
  },
  'timers that go on after their body keep nobody busy': async ({ parsl }) => {
    const leave = parsl.jsApp(() => {
      setInterval(() => {}, 1)
      return 'left'
    })
    expect(await leave()).toBe('left')
  },
}

/** What bodies leave to those that come after them. */
export const leftBehind = (expectations: Expectations): Group<Bench> => ({
  name: 'what bodies leave behind',
  when: ({ isolation }) => isolation !== 'none',
  cases: besideOthers({ ...whileRunning(expectations), ...afterwards }),
})
