import { describe, expect, it } from 'vitest'
import { type Config } from '../../src/index.js'
import { errorOf, testKernel } from '../fixture.js'

type Resolver = Exclude<Config['dependencyResolver'], string | undefined>

describe('the shallow resolver', () => {
  it('replaces arguments, and items of arguments that are arrays', async () => {
    await using kernel = await testKernel({ dependencyResolver: 'shallow' })
    const number = kernel.jsApp(async (n: number) => n)
    const show = kernel.jsApp((...args: unknown[]) => args)
    expect(await show(number(1), [number(2), 'x', number(3)], 'y')).toEqual([1, [2, 'x', 3], 'y'])
  })

  it('hands deeper futures to the body as they are', async () => {
    await using kernel = await testKernel({ dependencyResolver: 'shallow' })
    const future = kernel.jsApp(async () => 1)()
    const show = kernel.jsApp((...args: unknown[]) => args)
    const [object, list, map] = (await show({ future }, [[future]], new Map([['key', future]]))) as [
      { future: unknown },
      unknown[][],
      Map<string, unknown>,
    ]
    expect(object.future).toBe(future)
    expect(list[0]?.[0]).toBe(future)
    expect(map.get('key')).toBe(future)
  })

  it('leaves what joins return to the deep one', async () => {
    await using kernel = await testKernel({ dependencyResolver: 'shallow' })
    const number = kernel.jsApp(async (n: number) => n)
    const tree = kernel.joinApp(() => ({ left: [number(1)], right: { deep: number(2) } }))
    expect(await tree()).toEqual({ left: [1], right: { deep: 2 } })
  })
})

describe('a resolver of ones own', () => {
  class Box {
    readonly content: unknown
    constructor(content: unknown) {
      this.content = content
    }
  }
  const boxes: Resolver = {
    name: 'boxes',
    gather: (value, visit) => {
      if (value instanceof Box) visit(value.content as object)
      else if (typeof value === 'object' && value !== null) visit(value)
    },
    unwrap: (value, replace) => {
      if (value instanceof Box) return new Box(replace(value.content as object)?.value)
      return typeof value === 'object' && value !== null ? (replace(value) ?? { value }).value : value
    },
  }

  it('decides where futures are looked for', async () => {
    await using kernel = await testKernel({ dependencyResolver: boxes })
    const number = kernel.jsApp(async (n: number) => n)
    const open = kernel.jsApp((box: Box, list: unknown[]) => [box.content, list[0]])
    const future = number(1)
    expect(await open(new Box(number(7)), [future] as unknown[])).toEqual([7, future])
  })

  it('fails a task whose arguments it cannot look at', async () => {
    const broken: Resolver = {
      ...boxes,
      gather: () => {
        throw new Error('cannot look')
      },
    }
    await using kernel = await testKernel({ dependencyResolver: broken })
    const future = kernel.jsApp((box: Box) => box)(new Box(1))
    expect((await errorOf(future)).message).toBe('cannot look')
    expect(future.state).toBe('failed')
  })

  it('fails a task whose arguments it cannot put together', async () => {
    const broken: Resolver = {
      ...boxes,
      unwrap: () => {
        throw new Error('cannot unwrap')
      },
    }
    await using kernel = await testKernel({ dependencyResolver: broken })
    const number = kernel.jsApp(async (n: number) => n, { timeout: '1h' })
    expect((await errorOf(number(1))).message).toBe('cannot unwrap')
  })
})
