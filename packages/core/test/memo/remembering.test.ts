import { describe, expect, it } from 'vitest'
import { basicMemoizer, type DataFlowKernel, jsApp, share, task } from '../../src/index.js'
import { errorOf, eventually, thrownBy } from '../fixture.js'
import { note, runsFolder } from './fixture.js'

const counted = (kernel: DataFlowKernel, journal: string) =>
  kernel.jsApp(
    (value: unknown, options?: unknown) => {
      note(journal, [value, options])
      return { value }
    },
    { cache: true, name: 'counted' },
  )

class Size {
  readonly width: number
  readonly note: string
  constructor(width: number, comment: string) {
    this.width = width
    this.note = comment
  }
}

describe('a call of an app with cache', () => {
  it('takes the result of an earlier one with equal arguments, in whatever order their fields stand', async () => {
    await using runs = await runsFolder()
    const app = counted(await runs.run(), runs.journal)
    const first = await app({
      a: 1,
      b: new Map([
        ['x', 1],
        ['y', 2],
      ]),
    })
    expect(
      await app({
        b: new Map([
          ['y', 2],
          ['x', 1],
        ]),
        a: 1,
      }),
    ).toEqual(first)
    expect(runs.lines()).toHaveLength(1)
    await app({ a: 2, b: new Map() })
    expect(runs.lines()).toHaveLength(2)
  })

  it('is another one where the function, or what it captures, is another', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const { journal } = runs
    const scaledBy = (factor: number) => kernel.jsApp((n: number) => (note(journal, n), n * factor), { cache: true })
    expect(await Promise.all([scaledBy(2)(5), scaledBy(3)(5)])).toEqual([10, 15])
    expect(await scaledBy(2)(5)).toBe(10)
    expect(runs.lines()).toHaveLength(2)
  })

  it('waits for an equal one under way, and both get one result', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const app = counted(kernel, runs.journal)
    const [a, b, c] = await Promise.all([app(7), app(7), app(7)])
    expect([a, b, c]).toEqual([{ value: 7 }, { value: 7 }, { value: 7 }])
    expect(runs.lines()).toHaveLength(1)
    expect(kernel.taskStateCounts).toMatchObject({ execDone: 1, memoDone: 2 })
  })

  it('shares a failure of the body with equal ones under way, and remembers it no longer', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const { journal } = runs
    const app = kernel.jsApp(
      (n: number) => {
        note(journal, n)
        throw new RangeError(`no ${n}`)
      },
      { cache: true },
    )
    const errors = await Promise.all([errorOf(app(1)), errorOf(app(1))])
    expect(errors[0]).toBe(errors[1])
    expect(runs.lines()).toHaveLength(1)
    expect((await errorOf(app(1))).message).toBe('no 1')
    expect(runs.lines()).toHaveLength(2)
  })

  it('runs where the equal one that it waited for was cancelled', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const { journal } = runs
    const app = kernel.jsApp(
      async (n: number) => {
        note(journal, n)
        const { signal, id } = task()
        if (id === 0) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        return n
      },
      { cache: true },
    )
    const first = app(1)
    const others = [app(1), app(1)]
    await eventually(() => runs.lines().length === 1)
    first.cancel()
    expect((await errorOf(first)).name).toBe('TaskCancelled')
    expect(await Promise.all(others)).toEqual([1, 1])
    expect(runs.lines()).toHaveLength(2)
  })

  it('is not held up by one that waits and is cancelled', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const app = kernel.jsApp(
      async () => {
        const { signal, id } = task()
        if (id === 0) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        return id
      },
      { cache: true },
    )
    const [first, second, third] = [app(), app(), app()] as const
    await eventually(() => first.state === 'running')
    second.cancel()
    first.cancel()
    await Promise.allSettled([first, second])
    expect(await third).toBe(2)
  })

  it('remembers failures of bodies on request, until the kernel closes', async () => {
    await using runs = await runsFolder()
    const { journal } = runs
    const failing = (kernel: DataFlowKernel) =>
      kernel.jsApp(
        (n: number) => {
          note(journal, n)
          throw new RangeError(`no ${n}`)
        },
        { cache: true, retries: 1 },
      )
    const options = { exceptions: true, checkpointMode: 'taskExit' } as const
    const app = failing(await runs.run(options))
    const first = await errorOf(app(1))
    expect(await errorOf(app(1))).toBe(first)
    expect(runs.lines()).toHaveLength(2)
    await errorOf(failing(await runs.run(options))(1))
    expect(runs.lines()).toHaveLength(4)
  })

  it('does not remember that a command was ended by a signal', async () => {
    await using runs = await runsFolder()
    const { journal } = runs
    const kernel = await runs.run({ exceptions: true })
    const ended = kernel.bashApp((how: string) => `echo 1 >> ${journal}; ${how}`, { cache: true })
    for (const how of ['kill -9 $$', 'kill -9 $$', 'exit 3', 'exit 3']) await errorOf(ended(how))
    expect(runs.lines()).toHaveLength(3)
  })

  it('does not count arguments that are to be ignored, by position or by name of a field', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const app = counted(kernel, runs.journal)
    const positions = app.with({ ignoreForCache: [1] })
    await positions(1, 'quiet')
    await positions(1, 'loud')
    expect(runs.lines()).toHaveLength(1)
    const names = app.with({ ignoreForCache: ['verbose', 'absent'] })
    await names({ n: 1, verbose: true })
    await names({ n: 1, verbose: false })
    await names({ n: 1 })
    expect(runs.lines()).toHaveLength(2)
    await names({ n: 2, verbose: true })
    expect(runs.lines()).toHaveLength(3)
  })

  it('counts the version in place of the code, where one is given', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const { journal } = runs
    const live = new WeakMap<object, number>()
    const made = (version: number, factor: number) =>
      kernel.jsApp((n: number) => (note(journal, live.has(live)), n * factor), { cache: true, version, name: 'scaled' })
    expect(await made(1, 2)(5)).toBe(10)
    expect(await made(1, 3)(5)).toBe(10)
    expect(await made(2, 3)(5)).toBe(15)
    expect(runs.lines()).toHaveLength(2)
  })

  it('counts instances as a function of their class says', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run({ keys: new Map([[Size, (size: Size) => size.width]]) })
    const app = counted(kernel, runs.journal)
    await app(new Size(1, 'first'))
    await app([new Size(1, 'second')][0])
    expect(runs.lines()).toHaveLength(1)
    await app(new Size(2, 'first'))
    expect(runs.lines()).toHaveLength(2)
  })

  it('counts shared values as what they are', async () => {
    await using runs = await runsFolder()
    const app = counted(await runs.run(), runs.journal)
    await app([share({ a: 1 })])
    await app([share({ a: 1 })])
    expect(runs.lines()).toHaveLength(1)
  })

  it('may be a join, which counts the bodies of the apps that it calls', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const { journal } = runs
    const joinOf = (factor: number) => {
      const inner = kernel.jsApp((n: number) => (note(journal, n), n * factor))
      return kernel.joinApp((n: number) => [inner(n), inner(n + 1)], { cache: true })
    }
    expect(await joinOf(2)(1)).toEqual([2, 4])
    expect(await joinOf(2)(1)).toEqual([2, 4])
    expect(runs.lines()).toHaveLength(2)
    expect(await joinOf(3)(1)).toEqual([3, 6])
  })

  it('that calls itself with equal arguments fails rather than wait for itself for ever', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run()
    const again: (n: number) => PromiseLike<number> = kernel.joinApp((n: number) => [again(n)] as never, {
      cache: true,
      timeout: '60s',
    }) as never
    const error = await errorOf(Promise.resolve(again(1)))
    expect(error.message).toMatch('in a circle')
  })

  it('is refused where its function has no identity, once and without retries', async () => {
    await using runs = await runsFolder()
    const kernel = await runs.run({}, { retries: 3 })
    const handle = new WeakMap()
    const error = await errorOf(kernel.jsApp(() => handle.has(handle), { cache: true, name: 'held' })())
    expect(error).toMatchObject({ code: 'PARSL_SERIALIZE' })
    expect(error.message).toContain('closure of')
  })

  it('is refused where an argument has no identity, with its path', async () => {
    await using runs = await runsFolder()
    const app = counted(await runs.run(), runs.journal)
    const error = await errorOf(app({ cache: new WeakMap() }))
    expect(error.message).toContain('argument 1 › cache of counted')
  })

  it('is looked up nowhere with memoize: false', async () => {
    await using runs = await runsFolder()
    const app = counted(await runs.run({ memoize: false }), runs.journal)
    await app(1)
    await app(1)
    expect(runs.lines()).toHaveLength(2)
  })
})

it('is there without configuration', async () => {
  await using runs = await runsFolder()
  const kernel = await runs.run({}, { memoizer: undefined } as never)
  const app = counted(kernel, runs.journal)
  await app(1)
  await app(1)
  expect(runs.lines()).toHaveLength(1)
})

it.each([
  [{ checkpointMode: 'periodic' }, 'checkpointPeriod must be given'],
  [{ checkpointPeriod: '30s' }, 'has no meaning without'],
  [{ checkpointMode: 'sometimes' }, 'checkpointMode must be'],
  [{ memoize: false, checkpointMode: 'manual' }, 'remembers nothing'],
  [{ keys: { Size: 1 } }, 'keys must be a Map from classes to functions'],
  [{ checkpointFiles: 'runinfo' }, 'checkpointFiles must be'],
  [{ exeptions: true }, 'exceptions'],
])('refuses bad options: %o', (options, message) => {
  expect(thrownBy(() => basicMemoizer(options as never)).message).toContain(message)
})

it('refuses a version for a function without a name', () => {
  const noName = (
    () => () =>
      1
  )()
  expect(thrownBy(() => jsApp(noName, { version: 1, cache: true })).message).toContain('give it a name as well')
})

it('refuses a version without cache', () => {
  expect(thrownBy(() => jsApp(() => 1, { version: 1 })).message).toContain('cache is not on')
})
