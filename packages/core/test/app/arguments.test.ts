import { describe, expect, it } from 'vitest'
import { errorOf, testKernel, thenable } from '../fixture.js'
import { evidenceOf } from '../../src/index.js'

const identity = <T>(value: T): T => value

describe('futures in arguments', () => {
  it('are waited for and replaced at any depth of arrays, objects, maps and sets', async () => {
    await using kernel = await testKernel()
    const number = kernel.jsApp(async (n: number) => n)
    const show = kernel.jsApp((value: unknown) => value)
    expect(
      await show({
        list: [number(1), [number(2), [[number(3)]]]],
        map: new Map<unknown, unknown>([
          ['value', number(4)],
          [number(5), 'key'],
        ]),
        set: new Set([number(6), number(7)]),
        bare: Object.assign(Object.create(null), { deep: { deeper: number(8) } }),
        plain: 'left alone',
      }),
    ).toEqual({
      list: [1, [2, [[3]]]],
      map: new Map<unknown, unknown>([
        ['value', 4],
        [5, 'key'],
      ]),
      set: new Set([6, 7]),
      bare: { deep: { deeper: 8 } },
      plain: 'left alone',
    })
  })

  it('are found a thousand containers deep', async () => {
    await using kernel = await testKernel()
    const number = kernel.jsApp(async () => 42)
    type Nest = { inner: unknown }
    let nest: Nest = { inner: number() }
    for (let depth = 1; depth < 1_000; depth++) nest = { inner: nest }
    const dig = kernel.jsApp((value: unknown) => {
      let depth = 0
      let inner = value
      for (; typeof inner === 'object'; depth++) inner = (inner as Nest).inner
      return { depth, inner }
    })
    expect(await dig(nest)).toEqual({ depth: 1_000, inner: 42 })
  })

  it('are found under symbols, and keys named __proto__ stay keys', async () => {
    await using kernel = await testKernel()
    const number = kernel.jsApp(async (n: number) => n)
    const key = Symbol('key')
    const odd = JSON.parse('{"__proto__": {"polluted": true}, "plain": 0}') as Record<PropertyKey, unknown>
    odd['plain'] = number(1)
    odd[key] = number(2)
    const given = (await kernel.jsApp(identity<unknown>)(odd)) as Record<PropertyKey, unknown>
    expect(given[key]).toBe(2)
    expect(given['plain']).toBe(1)
    expect(Object.keys(given)).toEqual(['__proto__', 'plain'])
    expect(given['polluted']).toBeUndefined()
  })

  it('that stand twice are one value', async () => {
    await using kernel = await testKernel()
    const make = kernel.jsApp(() => ({ made: true }))
    const same = kernel.jsApp((a: object, list: object[]) => list.every((item) => item === a))
    const made = make()
    expect(await same(made, [made, made])).toBe(true)
  })

  it('give values that are not looked into again', async () => {
    await using kernel = await testKernel()
    const inner = kernel.jsApp(() => 1)
    const wrap = kernel.jsApp((promise: () => PromiseLike<number>) => ({ promise }))
    const look = kernel.jsApp(async (value: { promise: () => PromiseLike<number> }) => [
      typeof value.promise,
      await value.promise(),
    ])
    const future = inner()
    expect(await look(wrap(() => future))).toEqual(['function', 1])
  })

  it('of any other kind are waited for too: promises and thenables', async () => {
    await using kernel = await testKernel()
    const sum = kernel.jsApp((numbers: number[]) => numbers.reduce((a, b) => a + b))
    const late = Promise.withResolvers<number>()
    const late8 = thenable<number>((resolve) => Promise.resolve(8).then(resolve))
    const future = sum([Promise.resolve(1), late.promise, late8, 16])
    late.resolve(2)
    expect(await future).toBe(27)
  })

  it('may be thenables that answer at once, or more than once', async () => {
    await using kernel = await testKernel()
    const add = kernel.jsApp((a: number, b: number) => a + b)
    const hasty = thenable<number>((resolve, reject) => {
      resolve(1)
      resolve(2)
      reject(new Error('too late'))
    })
    expect(await add(hasty, Promise.resolve(10))).toBe(11)
    expect(await add(hasty, hasty)).toBe(2)
    expect(await add(hasty, add(hasty, 1))).toBe(3)
  })

  it('may be thenables whose then throws, which fails the task', async () => {
    await using kernel = await testKernel()
    const broken = thenable<number>(() => {
      throw new Error('no then')
    })
    const error = await errorOf(kernel.jsApp(identity<number>)(broken))
    expect(error).toMatchObject({ code: 'PARSL_DATAFLOW_DEPENDENCY', cause: { message: 'no then' } })
  })

  it('that reject fail the task at once, though others have not ended', async () => {
    await using kernel = await testKernel()
    const never = kernel.jsApp(() => new Promise<number>(() => {}))
    const fail = kernel.jsApp(async (): Promise<number> => Promise.reject(new Error('root')), { name: 'fail' })
    const sum = kernel.jsApp((...numbers: number[]) => numbers.length)
    const error = await errorOf(sum(never(), fail(), 3))
    expect(error).toMatchObject({
      name: 'DependencyError',
      code: 'PARSL_DATAFLOW_DEPENDENCY',
      cause: { message: 'root' },
      details: { taskId: 2, failures: [{ what: 'task 1 (fail)' }] },
    })
    expect(error.message).toBe('dependency failure for task 2: task 1 (fail): Error: root')
  })

  it('that had failed before the call fail the task as well', async () => {
    await using kernel = await testKernel()
    const fail = kernel.jsApp(
      (): number => {
        throw new Error('root')
      },
      { name: 'fail' },
    )
    const failed = fail()
    await failed.settled()
    const error = await errorOf(kernel.jsApp(identity<number>, { name: 'next' })(failed))
    expect(error).toMatchObject({ code: 'PARSL_DATAFLOW_DEPENDENCY', cause: { message: 'root' } })
    expect(evidenceOf(error)).toMatchObject({ app: 'next', taskId: 1 })
    expect(evidenceOf(error.cause)).toMatchObject({ app: 'fail', taskId: 0 })
  })

  it('are named as promises where they are not ours', async () => {
    await using kernel = await testKernel()
    const error = await errorOf(kernel.jsApp(identity<number>)(Promise.reject(new Error('elsewhere'))))
    expect(error.message).toContain('a promise: Error: elsewhere')
  })
})

describe('arguments', () => {
  it('are neither copied nor changed where nothing in them is replaced', async () => {
    await using kernel = await testKernel()
    const number = kernel.jsApp(async () => 1)
    const untouched = { list: [1, { deep: new Map([[1, new Set([2])]]) }] }
    const [same, replaced] = await kernel.jsApp((...args: unknown[]) => args)(untouched, {
      inner: untouched,
      other: number(),
    })
    expect(same).toBe(untouched)
    expect((replaced as { inner: unknown }).inner).toBe(untouched)
  })

  it('of the caller keep their futures, since values go into copies', async () => {
    await using kernel = await testKernel()
    const number = kernel.jsApp(async () => 1)
    const future = number()
    const given = { list: [future], map: new Map([['key', future]]) }
    const seen = await kernel.jsApp((value: unknown) => value)(given)
    expect(seen).toEqual({ list: [1], map: new Map([['key', 1]]) })
    expect(given.list[0]).toBe(future)
    expect(given.map.get('key')).toBe(future)
  })

  it('that are opaque arrive as they are: dates, errors, buffers, functions, instances', async () => {
    class Account {
      readonly #balance = 7
      balance(): number {
        return this.#balance
      }
    }
    await using kernel = await testKernel()
    const number = kernel.jsApp(async () => 1)
    const opaque = [
      new Date(0),
      /x/,
      new Error('e'),
      Buffer.from('b'),
      new Float64Array(2),
      new Account(),
      Math.max,
      Symbol.iterator,
      5n,
      new WeakMap(),
      new Proxy(new Account(), {}),
    ]
    const [list] = (await kernel.jsApp((value: unknown, _wait: number) => [value])([...opaque], number())) as [
      unknown[],
    ]
    opaque.forEach((value, index) => expect(list[index]).toBe(value))
    const balance = kernel.jsApp((account: Account) => account.balance())
    expect(await balance(new Account())).toBe(7)
  })

  it('keep shared references and close circles in copies', async () => {
    await using kernel = await testKernel()
    const number = kernel.jsApp(async () => 1)
    interface Node {
      value: unknown
      self?: Node
      list: Node[]
    }
    const shared: Node = { value: number(), list: [] }
    shared.self = shared
    shared.list.push(shared)
    const [a, b] = (await kernel.jsApp((...args: unknown[]) => args)(shared, [shared])) as [Node, Node[]]
    expect(a.value).toBe(1)
    expect(a.self).toBe(a)
    expect(a.list[0]).toBe(a)
    expect(a).not.toBe(shared)
    expect(b[0]).toMatchObject({ value: 1 })
  })

  it('that share one container share its copy', async () => {
    await using kernel = await testKernel()
    const number = kernel.jsApp(async () => 1)
    const shared = [number()]
    const [pair] = (await kernel.jsApp((...args: unknown[]) => args)({ left: shared, right: { again: shared } })) as [
      { left: unknown; right: { again: unknown } },
    ]
    expect(pair.left).toEqual([1])
    expect(pair.right.again).toBe(pair.left)
  })

  it('with a circle and no future are taken as they are', async () => {
    await using kernel = await testKernel()
    const circle: unknown[] = []
    circle.push(circle)
    const [given] = await kernel.jsApp((value: unknown) => [value])(circle)
    expect(given).toBe(circle)
  })

  it('that gain a future after the call do not show its insides to the body', async () => {
    await using kernel = await testKernel()
    const gate = Promise.withResolvers<number>()
    const first = kernel.jsApp(() => gate.promise, { name: 'first' })
    const never = kernel.jsApp(() => new Promise<number>(() => {}))
    const list: unknown[] = [first()]
    const seen = kernel.jsApp((items: unknown[]) => items)(list)
    const late = never()
    list.push(late)
    gate.resolve(1)
    const items = await seen
    expect(items[0]).toBe(1)
    expect(items[1]).toBe(late)
  })
})
