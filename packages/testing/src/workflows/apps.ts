import { basename } from 'node:path'
import type { AppFuture } from '@parsl/core'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'
import { kindsOfValues } from '../values.js'

const RATE = 3
const scaled = (n: number): number => n * RATE

class Account {
  readonly owner: string
  #balance = 0
  constructor(owner: string) {
    this.owner = owner
  }
  add(amount: number): this {
    this.#balance += amount
    return this
  }
  get statement(): string {
    return `${this.owner}: ${this.#balance}`
  }
}

function* upTo(n: number): Generator<number> {
  for (let i = 0; i < n; i++) yield scaled(i)
}

async function* later(n: number): AsyncGenerator<number> {
  for (let i = 0; i < n; i++) yield await Promise.resolve(scaled(i))
}

const adder = (n: number) => (x: number) => x + n

const cases: Cases<Bench> = {
  'give what a body returns, at once or later': async ({ parsl }) => {
    const now = parsl.jsApp((a: number, b: number) => a + b)
    const soon = parsl.jsApp(async (a: number, b: number) => a - b)
    expect(await Promise.all([now(1, 2), soon(1, 2)])).toEqual([3, -1])
  },
  'keep what their bodies close over: constants, functions, classes, imports': async ({ parsl }) => {
    const word = 'total'
    const app = parsl.jsApp((n: number) => `${basename(`/a/${word}`)} ${new Account('Eve').add(scaled(n)).statement}`)
    expect(await app(5)).toBe('total Eve: 15')
  },
  'keep closures of one function apart': async ({ parsl }) => {
    const apps = [1, 10, 100].map((n) => parsl.jsApp(adder(n)))
    expect(await Promise.all(apps.map((app) => app(5)))).toEqual([6, 15, 105])
  },
  'take functions of the language and bound functions as bodies': async ({ parsl }) => {
    const max = parsl.jsApp(Math.max)
    const bound = parsl.jsApp(scaled.bind(undefined, 4))
    expect(await Promise.all([max(3, 9, 5), bound()])).toEqual([9, 12])
  },
  'leave defaults to the body': async ({ parsl }) => {
    const greet = parsl.jsApp((name = 'you', greeting = `hello ${name}`) => greeting)
    expect(await Promise.all([greet(), greet('Eve'), greet(undefined, 'hi')])).toEqual(['hello you', 'hello Eve', 'hi'])
  },
  'make a list of what a generator yields': async ({ parsl }) => {
    const [now, soon, none] = [parsl.jsApp(upTo), parsl.jsApp(later), parsl.jsApp(upTo)] as const
    expect(await Promise.all([now(3), soon(3), none(0)])).toEqual([[0, 3, 6], [0, 3, 6], []])
  },
  'take arguments and give results of many kinds as they were': async ({ parsl }) => {
    const echo = parsl.jsApp((value: unknown) => [value])
    const kinds = kindsOfValues()
    const futures = Object.entries(kinds).map(([kind, value]) => [kind, echo(value)] as const)
    for (const [kind, future] of futures) expect((await future)[0], kind).toStrictEqual(kinds[kind])
  },
  'take functions as arguments and give them as results': async ({ parsl }) => {
    const call = parsl.jsApp((fn: (n: number) => number, n: number) => [fn(n), (m: number) => fn(m) + 1] as const)
    const [value, fn] = await call(adder(2), 3)
    expect([value, fn(5)]).toEqual([5, 8])
  },
  'keep options of one call from the next': async ({ parsl }) => {
    const app = parsl.jsApp(() => 1, { name: 'plain' })
    const named = app.with({ name: 'named', priority: 1 })
    expect([named.name, app.name, app.options.priority]).toEqual(['named', 'plain', undefined])
    expect(await Promise.all([named(), app()])).toEqual([1, 1])
  },
  'run hundreds of calls, and tell each its own result': async ({ parsl }) => {
    const app = parsl.jsApp((n: number) => n * n)
    const numbers = Array.from({ length: 300 }, (_, n) => n)
    expect(await Promise.all(numbers.map((n) => app(n)))).toEqual(numbers.map((n) => n * n))
  },
  'give results in order by map, with a bound on what is under way': async ({ parsl }) => {
    const app = parsl.jsApp((n: number) => scaled(n))
    const results: number[] = []
    for await (const result of app.map(upTo(20), { inFlight: 4 })) results.push(result)
    expect(results).toEqual(Array.from({ length: 20 }, (_, n) => n * RATE * RATE))
  },
  'refuse resources that the executor does not know': async ({ parsl, capabilities }) => {
    const unknown = (['cores', 'gpus', 'nodes'] as const).find((key) => !capabilities.resources.includes(key))
    if (unknown === undefined) return
    const future: AppFuture<number> = parsl.jsApp(() => 1, { resources: { [unknown]: 1 }, retries: 2 })()
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_EXECUTOR_RESOURCES', details: { keys: [unknown] } })
  },
  'refuse an executor that is not there': async ({ parsl }) => {
    const future = parsl.jsApp(() => 1, { executors: ['nowhere at all'], retries: 2 })()
    expect(await errorOf(future)).toMatchObject({ code: 'PARSL_EXECUTOR_UNKNOWN' })
  },
}

/** Bodies, arguments and results. */
export const apps: Group<Bench> = { name: 'apps', cases }

const sharedMemory: Cases<Bench> = {
  'get the very objects of the program, live handles included': async ({ parsl }) => {
    const handle = { socket: new WeakMap<object, number>() }
    const same = parsl.jsApp((given: object) => given === handle)
    expect(await same(handle)).toBe(true)
  },
}

/** Bodies in the program itself. */
export const inProgram: Group<Bench> = {
  name: 'bodies in the program',
  when: ({ isolation }) => isolation === 'none',
  cases: sharedMemory,
}
