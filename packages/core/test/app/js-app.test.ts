import { expect, it } from 'vitest'
import { errorOf, loadTestKernel, testKernel } from '../fixture.js'
import { bashApp, joinApp, jsApp, task } from '../../src/index.js'

it('gives what a body returns, at once or later', async () => {
  await using kernel = await testKernel()
  const add = kernel.jsApp((a: number, b: number) => a + b)
  const addLater = kernel.jsApp(async (a: number, b: number) => a + b)
  expect(await add(1, 2)).toBe(3)
  expect(await addLater(3, 4)).toBe(7)
})

it('makes a list of what a generator yields', async () => {
  await using kernel = await testKernel()
  const upTo = kernel.jsApp(function* (end: number) {
    for (let number = 0; number < end; number++) yield number
  })
  const upToLater = kernel.jsApp(async function* (end: number) {
    for (let number = 0; number < end; number++) yield number
  })
  expect(await upTo(3)).toEqual([0, 1, 2])
  expect(await upToLater(4)).toEqual([0, 1, 2, 3])
  expect(await upTo(0)).toEqual([])
})

it('gives an array, a Set or a string as it is, though they can be iterated', async () => {
  await using kernel = await testKernel()
  const values = [[1], new Set([1]), new Map([[1, 2]]), 'text']
  for (const value of values) expect(await kernel.jsApp(() => value)()).toBe(value)
})

it('rejects with the error of the body itself', async () => {
  class OutOfPaper extends Error {
    readonly pages = 3
  }
  await using kernel = await testKernel()
  const thrown = new OutOfPaper('no paper')
  const print = kernel.jsApp(() => {
    throw thrown
  })
  expect(await errorOf(print())).toBe(thrown)
  const printLater = kernel.jsApp(async () => Promise.reject(thrown))
  expect(await errorOf(printLater())).toBe(thrown)
  const printPages = kernel.jsApp(function* () {
    yield 1
    throw thrown
  })
  expect(await errorOf(printPages())).toBe(thrown)
})

it.each([['a text'], [undefined], [null], [42], [Object.freeze(new Error('frozen'))], [Object.create(null)]])(
  'rejects with whatever was thrown: %#',
  async (thrown: unknown) => {
    await using kernel = await testKernel()
    const fail = kernel.jsApp(() => {
      throw thrown
    })
    expect(await errorOf(fail())).toBe(thrown)
  },
)

it('never runs a body within the call', async () => {
  await using kernel = await testKernel()
  const seen: string[] = []
  const note = kernel.jsApp((word: string) => void seen.push(word))
  const future = note('body')
  seen.push('after the call')
  await future
  expect(seen).toEqual(['after the call', 'body'])
})

it('calls a body without `this`, with its arguments and nothing else', async () => {
  await using kernel = await testKernel()
  const look = kernel.jsApp(function (this: unknown, ...args: number[]) {
    return { self: this, args }
  } as (...args: number[]) => { self: unknown; args: number[] })
  expect(await look(1, 2)).toEqual({ self: undefined, args: [1, 2] })
})

it('leaves defaults to the body', async () => {
  await using kernel = await testKernel()
  const scale = kernel.jsApp(
    (value: number, { factor = 2 }: { factor?: number } = {}, shift = 1) => value * factor + shift,
  )
  expect(await scale(3)).toBe(7)
  expect(await scale(3, { factor: 3 })).toBe(10)
  expect(await scale(3, {}, 0)).toBe(6)
})

it('runs many bodies while others wait', async () => {
  await using kernel = await testKernel()
  const gate = Promise.withResolvers<string>()
  const wait = kernel.jsApp(() => gate.promise)
  const open = kernel.jsApp(() => gate.resolve('open'))
  const waiting = Array.from({ length: 100 }, () => wait())
  await open()
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['open']))
})

it('keeps the name, the body and the options of an app to look at', async () => {
  const align = () => 1
  const app = jsApp(align, { retries: 2 })
  const slow = app.with({ walltime: '1h' })
  expect([app.name, app.func, app.options]).toEqual(['align', align, { retries: 2 }])
  expect([slow.name, slow.func, slow.options]).toEqual(['align', align, { retries: 2, walltime: '1h' }])
  expect(jsApp(align, { name: 'left' }).name).toBe('left')
  expect(app.with({ name: 'right' }).name).toBe('right')
})

it('is named after the place where it was made, where its function has no name', async () => {
  await using kernel = await testKernel()
  const apps = [
    jsApp(() => 1),
    joinApp(() => 1),
    bashApp(() => ''),
    kernel.jsApp(() => 1),
    jsApp(() => 1).with({ retries: 1 }),
  ]
  const line = /^js-app\.test\.ts:\d+$/
  expect(apps.map(({ name }) => name)).toEqual(apps.map(() => expect.stringMatching(line)))
})

it('uses the kernel that is loaded at the call, not when the app was made', async () => {
  const whereAmI = jsApp(() => task().app, { name: 'whereAmI' })
  await using first = await loadTestKernel()
  expect(await whereAmI()).toBe('whereAmI')
  expect(first.taskCount).toBe(1)
  await first.close()
  await using second = await loadTestKernel()
  await whereAmI()
  expect([first.taskCount, second.taskCount]).toEqual([1, 1])
})

it('takes functions of libraries and bound functions as bodies', async () => {
  await using kernel = await testKernel()
  expect(await kernel.jsApp(Math.max)(1, 7, 3)).toBe(7)
  expect(await kernel.jsApp(Number.parseInt)('11', 2)).toBe(3)
  const counter = {
    start: 5,
    add(more: number) {
      return this.start + more
    },
  }
  expect(await kernel.jsApp(counter.add.bind(counter))(2)).toBe(7)
})

it('may be called inside another body, which does not hold up the program', async () => {
  await using kernel = await testKernel()
  const inner = kernel.jsApp((n: number) => n * 2)
  const outer = kernel.jsApp(async (n: number) => (await inner(n)) + 1)
  expect(await outer(20)).toBe(41)
})
