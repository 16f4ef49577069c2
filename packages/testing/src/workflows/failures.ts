import { basename } from 'node:path'
import { evidenceOf } from '@parsl/core'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'
import { countUp } from '../bodies.js'

class BrokenSample extends Error {
  override readonly name = 'BrokenSample'
  readonly sample: number
  readonly seen: Date
  constructor(sample: number, options?: ErrorOptions) {
    super(`sample ${sample} is broken`, options)
    this.sample = sample
    this.seen = new Date(0)
  }
  get advice(): string {
    return `throw sample ${this.sample} away`
  }
}

const breakSample = (sample: number): never => {
  throw new BrokenSample(sample, { cause: new TypeError('no such peak') })
}

/** The file of this code, as it is called here and as a stack calls it where sources are mapped. */
const ownFiles = (): readonly string[] => {
  const [, frame = ''] = /([^/\\\s]+?):\d+:\d+\)?$/m.exec(new Error('here').stack ?? '') ?? []
  return [frame, basename(import.meta.url)]
}

const readTooEarly = (): number => {
  const read = (): number => late
  const early = read()
  const late = 1
  return early + late
}

const failures: Cases<Bench> = {
  'are the very errors of bodies: class, fields, cause': async ({ parsl }) => {
    const error = await errorOf(parsl.jsApp((n: number): number => breakSample(n))(7))
    expect(error).toBeInstanceOf(BrokenSample)
    const { sample, seen, advice, message, cause } = error as unknown as BrokenSample
    expect({ sample, seen, advice, message }).toEqual({
      sample: 7,
      seen: new Date(0),
      advice: 'throw sample 7 away',
      message: 'sample 7 is broken',
    })
    expect(cause).toBeInstanceOf(TypeError)
    expect((cause as Error).message).toBe('no such peak')
  },
  'say in their stack which line of which file threw': async ({ parsl }) => {
    const { stack = '' } = await errorOf(parsl.jsApp((n: number): number => breakSample(n))(7))
    expect(stack).toContain('breakSample')
    expect(
      ownFiles().some((file) => stack.includes(`${file}:`)),
      stack,
    ).toBe(true)
  },
  'keep the classes of the language': async ({ parsl }) => {
    const bodies: readonly (readonly [new (message: string) => Error, () => unknown])[] = [
      [SyntaxError, () => JSON.parse('{')],
      [RangeError, () => 'x'.repeat(-1)],
      [TypeError, () => (undefined as unknown as { length: number }).length],
      [ReferenceError, readTooEarly],
      [URIError, () => decodeURIComponent('%')],
    ]
    for (const [type, body] of bodies) expect(await errorOf(parsl.jsApp(body)())).toBeInstanceOf(type)
  },
  'tell of a package that a body could not import': async ({ parsl }) => {
    const app = parsl.jsApp(async () => {
      const name = ['no-such', 'package', 'anywhere'].join('-')
      return (await import(name)) as unknown
    })
    const error = await errorOf(app())
    expect(error).toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' })
    expect(error.message).toContain('no-such-package-anywhere')
  },
  'may be anything that a body throws': async ({ parsl }) => {
    for (const reason of ['text', 42, null, undefined, { code: 'plain' }]) {
      const future = parsl.jsApp((given: unknown) => {
        throw given
      })(reason)
      expect(await future.settled()).toEqual({ ok: false, error: reason })
    }
  },
  'carry the evidence of their task': async ({ parsl }) => {
    const future = parsl.jsApp((n: number): number => breakSample(n), { name: 'weigh' })(1)
    expect(evidenceOf(await errorOf(future))).toMatchObject({
      taskId: future.taskId,
      app: 'weigh',
      attempt: 0,
      executor: expect.any(String) as string,
      where: expect.any(String) as string,
      runDir: parsl.runDir,
    })
  },
  'reach what depends on them, with the chain and its root': async ({ parsl }) => {
    const next = parsl.jsApp((n: number) => n + 1, { name: 'next' })
    const root = parsl.jsApp((n: number): number => breakSample(n), { name: 'weigh' })(1)
    const middle = next(root)
    const end = next(middle)
    const error = await errorOf(end)
    expect(error).toMatchObject({ name: 'DependencyError', code: 'PARSL_DATAFLOW_DEPENDENCY' })
    expect(error.cause).toBe(await errorOf(root))
    expect(error.message).toContain(`task ${middle.taskId} (next) <- task ${root.taskId} (weigh): BrokenSample`)
    expect([root.state, middle.state, end.state]).toEqual(['failed', 'depFail', 'depFail'])
  },
  'leave other branches alone, and are counted': async ({ parsl }) => {
    const { failed, depFail, execDone } = parsl.taskStateCounts
    const source = parsl.jsApp(() => 3)()
    const bad = parsl.jsApp((n: number): number => breakSample(n))(source)
    const good = parsl.jsApp((n: number) => n * 2)(source)
    const sum = parsl.jsApp((a: number, b: number) => a + b)
    expect(await errorOf(sum(bad, good))).toMatchObject({ cause: { sample: 3 } })
    expect(await sum(good, good)).toBe(12)
    expect(parsl.taskStateCounts).toMatchObject({
      failed: failed + 1,
      depFail: depFail + 1,
      execDone: execDone + 3,
    })
  },
}

const retries: Cases<Bench> = {
  'are none, unless asked for': async ({ parsl, folder }) => {
    const app = parsl.jsApp((path: string) => breakSample(countUp(path)))
    expect(await errorOf(app(folder.at('tries')))).toMatchObject({ sample: 1 })
  },
  'make further tries until one is well': async ({ parsl, folder }) => {
    const app = parsl.jsApp((path: string) => (countUp(path) < 3 ? breakSample(0) : 'well'), { retries: 4 })
    const future = app(folder.at('tries'))
    expect(await future).toBe('well')
    expect(countUp(folder.at('tries'))).toBe(4)
  },
  'end with the last error, and the earlier ones as evidence': async ({ parsl, folder }) => {
    const app = parsl.jsApp((path: string) => breakSample(countUp(path)), { retries: 2 })
    const error = await errorOf(app(folder.at('tries')))
    expect(error).toMatchObject({ sample: 3 })
    expect(evidenceOf(error)).toMatchObject({
      attempt: 2,
      history: [
        { attempt: 0, error: { sample: 1 } },
        { attempt: 1, error: { sample: 2 } },
      ],
    })
  },
  'cost what the handler says, in fractions too': async ({ start, folder }) => {
    const kernel = await start({ retries: 2, retryHandler: () => 0.5 })
    await errorOf(kernel.jsApp((path: string) => breakSample(countUp(path)))(folder.at('tries')))
    expect(countUp(folder.at('tries'))).toBe(6)
  },
  'hand the error itself to the handler, whose own error ends the task': async ({ start, folder }) => {
    const seen: unknown[] = []
    const thrown = new Error('not that one')
    const kernel = await start({
      retries: 9,
      retryHandler: (error) => {
        seen.push(error)
        throw thrown
      },
    })
    const app = kernel.jsApp((path: string) => breakSample(countUp(path)))
    expect(await errorOf(app(folder.at('tries')))).toBe(thrown)
    expect(seen).toEqual([expect.any(BrokenSample)])
    expect(countUp(folder.at('tries'))).toBe(2)
  },
  'are not spent on inputs that failed': async ({ parsl, folder }) => {
    const fail = parsl.jsApp((): string => breakSample(1))
    const app = parsl.jsApp((_input: string, path: string) => countUp(path), { retries: 3 })
    expect(await errorOf(app(fail(), folder.at('tries')))).toMatchObject({ code: 'PARSL_DATAFLOW_DEPENDENCY' })
    expect(countUp(folder.at('tries'))).toBe(1)
  },
}

/** What goes wrong in bodies, and trying again. */
export const failureGroups: readonly Group<Bench>[] = [
  { name: 'failures', cases: failures },
  { name: 'retries', cases: retries },
]
