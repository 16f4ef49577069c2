import { createServer, type Server } from 'node:http'
import { expectTypeOf, it } from 'vitest'
import {
  type AppFuture,
  type DataFile,
  type DataFuture,
  file,
  jsApp,
  type Lift,
  output,
  type Shared,
} from '../../src/index.js'

declare const one: AppFuture<number>
declare const word: AppFuture<string>
declare const foreign: Promise<number>
declare const made: DataFuture
declare const parts: DataFuture<DataFile[]>
declare const found: AppFuture<DataFile>
declare const list: AppFuture<DataFile[]>
declare const shared: Shared<number[]>

it('an argument may be its value, or any promise of it', () => {
  const app = jsApp((n: number, text: string) => n + text.length)
  expectTypeOf(app(1, 'x')).resolves.toBeNumber()
  app(one, word)
  app(foreign, Promise.resolve('x'))
  app(foreign as PromiseLike<number>, word.get(0))
  // @ts-expect-error a string where a number is taken
  app('1', 'x')
  // @ts-expect-error a future of a string where a number is taken
  app(word, 'x')
  // @ts-expect-error too few arguments
  app(one)
  // @ts-expect-error too many arguments
  app(one, word, one)
})

it('futures may stand at any depth of containers', () => {
  const app = jsApp((_value: { list: number[]; pair: [number, string]; deep: { er: Map<string, Set<number>>[] } }) => 1)
  app({ list: [1, one, foreign], pair: [one, word], deep: { er: [new Map([['a', new Set([one, 2])]])] } })
  expectTypeOf(app({ list: [], pair: [1, 'x'], deep: { er: [] } })).resolves.toBeNumber()
  app(Promise.resolve({ list: [1], pair: [1, 'x'], deep: { er: [] } }))
  app({ list: Promise.resolve([1]), pair: [1, 'x'], deep: Promise.resolve({ er: [] }) })
  // @ts-expect-error a future of a string in a list of numbers
  app({ list: [1, word], pair: [one, word], deep: { er: [] } })
  // @ts-expect-error a pair of three
  app({ list: [], pair: [one, word, one], deep: { er: [] } })
  // @ts-expect-error a property that is not there
  app({ list: [], pair: [one, word] })
})

it('lists that were made before the call are taken too', () => {
  const sum = jsApp((...numbers: number[]) => numbers.length)
  const total = jsApp((numbers: readonly number[]) => numbers.length)
  const futures: AppFuture<number>[] = []
  expectTypeOf(sum(...futures, 1)).resolves.toBeNumber()
  total(futures)
  total([...futures, 1])
  const mixed: readonly (number | PromiseLike<number>)[] = futures
  total(mixed)
})

it('unions, optional properties and unknown take what they say', () => {
  const app = jsApp(
    (_value: number | string | null, _options: { factor?: number; on?: boolean } = {}, _any?: unknown) => 1,
  )
  expectTypeOf(app(one, { factor: one })).resolves.toBeNumber()
  app(word, {}, one)
  app(null, { on: Promise.resolve(true) }, [one])
  app(Promise.resolve(null))
  app(Promise.resolve(Math.random() > 0.5 ? 1 : 'x'))
  // @ts-expect-error a promise of something else
  app(Promise.resolve(new Date()))
})

it('types that hold themselves are no trouble', () => {
  type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
  interface Tree {
    readonly value: number
    readonly children: readonly Tree[]
  }
  const json = jsApp((value: Json) => value)
  const tree = jsApp((value: Tree) => value.value)
  expectTypeOf(json({ a: [1, { b: null }] })).resolves.toEqualTypeOf<Json>()
  json({ a: [one, { b: word }] })
  tree({ value: one, children: [{ value: 1, children: Promise.resolve([]) }] })
  // @ts-expect-error no number
  tree({ value: word, children: [] })
})

it('opaque values are taken whole: dates, buffers, functions, instances with private parts', () => {
  class Account {
    readonly #balance = 1
    readonly owner = 'me'
    balance(): number {
      return this.#balance
    }
  }
  class Hidden {
    private readonly secret = 1
    readonly shown = this.secret
  }
  expectTypeOf<Exclude<Lift<Date>, Date | PromiseLike<Date> | Shared<Date>>>().toBeNever()
  expectTypeOf<Exclude<Lift<Account>, Account | PromiseLike<Account> | Shared<Account>>>().toBeNever()
  const app = jsApp(
    (_date: Date, _bytes: Uint8Array, _call: (n: number) => string, _account: Account, _hidden: Hidden) => 1,
  )
  app(new Date(), Buffer.from(''), String, new Account(), new Hidden())
  app(
    Promise.resolve(new Date()),
    Promise.resolve(new Uint8Array()),
    Promise.resolve(String),
    Promise.resolve(new Account()),
    new Hidden(),
  )
  const server = jsApp((_server: Server) => 1)
  server(createServer())
  // @ts-expect-error something that only looks like an account
  app(new Date(), Buffer.from(''), String, { owner: 'me', balance: () => 1 }, new Hidden())
  // @ts-expect-error something that only looks like the class
  app(new Date(), Buffer.from(''), String, new Account(), { shown: 1 })
})

it('a file may be a file, an output, or a future of one', () => {
  const app = jsApp((_one: DataFile, _all: DataFile[], _deep: { file: DataFile }, _maybe?: DataFile) => 1)
  expectTypeOf(app(file('a'), [file('b')], { file: file('c') })).resolves.toBeNumber()
  app(output('a'), [output('b'), output.directory('d')], { file: output('c') }, output('e'))
  app(made, [made, found, Promise.resolve(file('x'))], { file: made }, made)
  app(found, list, { file: found })
  const many = jsApp((_files: readonly DataFile[]) => 1)
  many(parts)
  // @ts-expect-error a path is no file
  app('a', [], { file: file('c') })
  // @ts-expect-error a list of files is no file
  app(parts, [], { file: file('c') })
})

it('a pattern gives the list that a body takes', () => {
  const split = jsApp((_pattern: DataFile) => 1)
  const [all] = split(output.glob('parts/*.csv')).outputs
  expectTypeOf<Awaited<typeof all>>().toEqualTypeOf<DataFile[]>()
  jsApp((_files: DataFile[]) => 1)(all)
  jsApp((_files: readonly DataFile[]) => 1)(all)
})

it('a shared value is taken for what it holds', () => {
  expectTypeOf(jsApp((_numbers: number[]) => 1)(shared)).resolves.toBeNumber()
  jsApp((_options: { numbers: number[] }) => 1)({ numbers: shared })
  // @ts-expect-error it holds something else
  jsApp((_text: string) => 1)(shared)
})

it('defaults, optional and rest parameters stay what they are', () => {
  const app = jsApp((a: number, b = 'x', c?: boolean, ...rest: Date[]) => `${a}${b}${String(c)}${rest.length}`)
  expectTypeOf(app(1)).resolves.toBeString()
  app(one, word)
  app(one, undefined, true)
  app(one, 'y', Promise.resolve(true), new Date(), Promise.resolve(new Date()))
  // @ts-expect-error nothing where a number is needed
  app()
  // @ts-expect-error a number among dates
  app(1, 'x', true, 5)
})

it('of a generic function only the bounds are known (give a type argument, or wrap it)', () => {
  const first = jsApp(<T>(items: readonly T[]) => items[0])
  expectTypeOf(first([1, 2])).resolves.toBeUnknown()
  const firstNumber = jsApp((items: readonly number[]) => items[0])
  expectTypeOf(firstNumber([1, one])).resolves.toEqualTypeOf<number | undefined>()
  const instantiated = jsApp(Array.from<number>)
  expectTypeOf(instantiated([1])).resolves.toEqualTypeOf<number[]>()
})
