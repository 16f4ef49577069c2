import { describe, expect, it } from 'vitest'
import { type AppFuture, type CyclicWait } from '../../src/index.js'
import { errorOf, testKernel } from '../fixture.js'

type Any = AppFuture<unknown, readonly unknown[]>

describe('tasks that wait for each other in a circle', () => {
  it('are refused where a join returns itself', async () => {
    await using kernel = await testKernel()
    const futures: Any[] = []
    const join = kernel.joinApp(
      async () => {
        await Promise.resolve()
        return [futures[0]]
      },
      { name: 'self' },
    )
    futures.push(join())
    const error = (await errorOf(futures[0] as Any)) as CyclicWait
    expect(error).toMatchObject({ name: 'CyclicWait', code: 'PARSL_DATAFLOW_CYCLE', details: { tasks: [0, 0] } })
    expect(error.message).toBe('tasks wait for each other in a circle: task 0 (self) waits for task 0 (self)')
  })

  it('are refused where a join returns a task that depends on it', async () => {
    await using kernel = await testKernel()
    const dependent: Any[] = []
    const join = kernel.joinApp(
      async () => {
        await Promise.resolve()
        return { deep: dependent }
      },
      { name: 'join' },
    )
    const future = join()
    const next = kernel.jsApp((value: unknown) => value, { name: 'next' })
    dependent.push(next(next(future)))
    const error = (await errorOf(future)) as CyclicWait
    expect(error.details.tasks).toEqual([0, 2, 1, 0])
    expect(error.message).toContain(
      'task 0 (join) waits for task 2 (next) waits for task 1 (next) waits for task 0 (join)',
    )
    expect(await errorOf(dependent[0] as Any)).toMatchObject({ code: 'PARSL_DATAFLOW_DEPENDENCY', cause: error })
  })

  it('are refused where a body awaits its own future', async () => {
    await using kernel = await testKernel()
    const futures: Any[] = []
    const app = kernel.jsApp(
      async () => {
        await Promise.resolve()
        return await futures[0]
      },
      { name: 'own' },
    )
    futures.push(app())
    expect(await errorOf(futures[0] as Any)).toMatchObject({ code: 'PARSL_DATAFLOW_CYCLE', details: { tasks: [0, 0] } })
  })

  it('are refused where two bodies await each other', async () => {
    await using kernel = await testKernel()
    const futures: Any[] = []
    const other = kernel.jsApp(async (n: number): Promise<unknown> => {
      await Promise.resolve()
      return await futures[1 - n]
    })
    futures.push(other(0), other(1))
    const errors = await Promise.all(futures.map((future) => errorOf(future)))
    expect(errors.every((error) => error.code === 'PARSL_DATAFLOW_CYCLE')).toBe(true)
    expect(kernel.tasks).toEqual([])
  })

  it('are refused through Promise.all, settled() and files', async () => {
    await using kernel = await testKernel()
    const futures: Any[] = []
    const waits = [
      async () => await Promise.all(futures),
      async () => {
        const end = await futures[1]?.settled()
        if (end?.ok === false) throw end.error
      },
    ]
    for (const wait of waits) {
      const app = kernel.jsApp(async () => {
        await Promise.resolve()
        await wait()
      })
      futures.push(app())
    }
    for (const future of futures) expect(await errorOf(future)).toMatchObject({ code: 'PARSL_DATAFLOW_CYCLE' })
  })

  it('may be caught by the body, which then goes on', async () => {
    await using kernel = await testKernel()
    const futures: Any[] = []
    const app = kernel.jsApp(async () => {
      await Promise.resolve()
      return futures[0]?.then(
        () => 'no',
        (error: unknown) => (error as CyclicWait).code,
      )
    })
    futures.push(app())
    expect(await futures[0]).toBe('PARSL_DATAFLOW_CYCLE')
  })
})

describe('no circle is seen', () => {
  it('where bodies wait for inner tasks, diamonds included', async () => {
    await using kernel = await testKernel()
    const number = kernel.jsApp(async (n: number) => n)
    const add = kernel.jsApp((a: number, b: number) => a + b)
    const outer = kernel.jsApp(async () => {
      const first = number(1)
      const left = add(first, 1)
      const right = add(first, 2)
      return (await add(left, right)) + (await first)
    })
    expect(await outer()).toBe(6)
    expect(await kernel.joinApp(async () => [outer(), await outer(), outer()])()).toEqual([6, 6, 6])
  })

  it('where a body awaited a task before, and that one now awaits the body', async () => {
    await using kernel = await testKernel()
    const futures: Any[] = []
    const first = kernel.jsApp(async () => 1)()
    const outer = kernel.jsApp(async () => {
      await first
      futures.push(kernel.jsApp(async () => await futures[0])())
      return 'outer'
    })
    futures.push(outer())
    expect(await futures[0]).toBe('outer')
    expect(await futures[1]).toBe('outer')
  })

  it('where the program itself waits', async () => {
    await using kernel = await testKernel()
    const app = kernel.jsApp(async () => 1)
    const [a, b] = [app(), app()]
    expect(await Promise.all([a, b, a.then(async () => await b)])).toEqual([1, 1, 1])
  })
})

it('lets a body await twenty thousand futures', async () => {
  await using kernel = await testKernel()
  const number = kernel.jsApp((n: number) => n)
  const outer = kernel.jsApp(
    async () => (await Promise.all(Array.from({ length: 20_000 }, (_, n) => number(n)))).length,
  )
  expect(await outer()).toBe(20_000)
})

it('lets a body await every link of a chain of ten thousand', async () => {
  await using kernel = await testKernel()
  const next = kernel.jsApp((n: number) => n + 1)
  const outer = kernel.jsApp(async () => {
    const links = [next(0)]
    while (links.length < 10_000) links.push(next(links.at(-1) as AppFuture<number>))
    return (await Promise.all(links)).at(-1)
  })
  expect(await outer()).toBe(10_000)
})
