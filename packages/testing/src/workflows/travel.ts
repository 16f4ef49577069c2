import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'
import { countUp } from '../bodies.js'

const isRefused = { name: 'SerializationError', code: 'PARSL_SERIALIZE' }

class Lab {
  readonly scale = 3
  body(): (n: number) => number {
    return (n) => n * this.scale
  }
}

function* endless(): Generator<number> {
  for (;;) yield 1
}

const cases: Cases<Bench> = {
  'is refused to arguments that cannot, without a try': async ({ parsl, folder }) => {
    const app = parsl.jsApp((_given: unknown, path: string) => countUp(path), { retries: 3, infrastructureRetries: 3 })
    const pending = { deep: [{ handle: new WeakMap() }] }
    for (const given of [endless(), new Socket(), new WeakRef({}), pending]) {
      expect(await errorOf(app(given, folder.at('tries')))).toMatchObject(isRefused)
    }
    expect(existsSync(folder.at('tries'))).toBe(false)
  },
  'is refused with the place in the argument': async ({ parsl }) => {
    const app = parsl.jsApp((_given: unknown) => 1)
    const error = await errorOf(app({ config: { handles: [new WeakMap()] } }))
    expect(error).toMatchObject(isRefused)
    expect((error.details as { path: string }).path).toContain('config › handles › 0')
  },
  'is refused to bodies that cannot, with what they hold': async ({ parsl }) => {
    const cache = new WeakMap<object, number>()
    const holds = parsl.jsApp((n: number) => n + Number(cache.has({})), { retries: 3 })
    const error = await errorOf(holds(1))
    expect(error).toMatchObject(isRefused)
    expect(error.message).toContain('cache')
    expect(await errorOf(parsl.jsApp(new Lab().body())(1))).toMatchObject(isRefused)
  },
  'gives bodies copies: what they change, nobody else sees': async ({ parsl }) => {
    const given = { list: [1] }
    const change = parsl.jsApp((value: { list: number[] }) => value.list.push(2))
    expect(await Promise.all([change(given), change(given)])).toEqual([2, 2])
    expect(given).toEqual({ list: [1] })
  },
  'begins afresh for each task: a counter in a closure': async ({ parsl }) => {
    let count = 0
    const next = parsl.jsApp(() => ++count)
    expect([await next(), await next(), await next()]).toEqual([1, 1, 1])
    expect(count).toBe(0)
  },
  'leaves the next task alone after a refusal': async ({ parsl }) => {
    const app = parsl.jsApp((given: unknown) => typeof given)
    const refused = app(new Socket())
    expect(await app('text')).toBe('string')
    await refused.settled()
  },
}

/** What goes to other threads and processes. */
export const travel: Group<Bench> = {
  name: 'travelling',
  when: ({ isolation }) => isolation !== 'none',
  cases,
}
