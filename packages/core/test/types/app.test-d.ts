import { expectTypeOf, it } from 'vitest'
import {
  type App,
  type AppFuture,
  asCompleted,
  bashApp,
  type BashResult,
  type DataFile,
  type DataFlowKernel,
  type DataFuture,
  file,
  joinApp,
  jsApp,
  load,
  output,
  type ResultOf,
  sh,
} from '../../src/index.js'

declare const kernel: DataFlowKernel
declare const one: AppFuture<number>

it('a result is what awaiting it gives; the items of a generator are a list', () => {
  expectTypeOf(jsApp(() => 1)()).resolves.toEqualTypeOf<number>()
  expectTypeOf(jsApp(async () => 'x')()).resolves.toEqualTypeOf<string>()
  expectTypeOf(jsApp(() => one)()).resolves.toEqualTypeOf<number>()
  expectTypeOf(jsApp(async () => one)()).resolves.toEqualTypeOf<number>()
  expectTypeOf(jsApp(() => {})()).resolves.toEqualTypeOf<void>()
  expectTypeOf(
    jsApp(function* (n: number) {
      yield n
    })(1),
  ).resolves.toEqualTypeOf<number[]>()
  expectTypeOf(
    jsApp(async function* (n: number) {
      yield n
    })(one),
  ).resolves.toEqualTypeOf<number[]>()
  expectTypeOf<ResultOf<never>>().toBeNever()
  expectTypeOf<ResultOf<Promise<Promise<Date>>>>().toEqualTypeOf<Date>()
})

it('a join gives what it returns, with futures replaced', () => {
  class Account {
    readonly #balance = 1
    balance = () => this.#balance
  }
  expectTypeOf(joinApp(() => one)()).resolves.toEqualTypeOf<number>()
  expectTypeOf(joinApp(async () => [one, one])()).resolves.toEqualTypeOf<number[]>()
  expectTypeOf(joinApp(() => [one, 'x', { deep: [one] }] as const)()).resolves.toEqualTypeOf<
    [number, 'x', { deep: [number] }]
  >()
  expectTypeOf(joinApp(() => ({ a: one, b: Promise.resolve(new Date()) }))()).resolves.toEqualTypeOf<{
    a: number
    b: Date
  }>()
  expectTypeOf(joinApp(() => new Map([['k', one]]))()).resolves.toEqualTypeOf<Map<string, number>>()
  expectTypeOf(joinApp(() => new Set([one]))()).resolves.toEqualTypeOf<Set<number>>()
  expectTypeOf(joinApp(() => 5)()).resolves.toEqualTypeOf<number>()
  expectTypeOf(joinApp(() => new Date())()).resolves.toEqualTypeOf<Date>()
  expectTypeOf(joinApp(() => new Account())()).resolves.toEqualTypeOf<Account>()
  expectTypeOf(joinApp(() => file('a'))()).resolves.toEqualTypeOf<DataFile>()
  expectTypeOf(joinApp((_given: number) => [jsApp(() => 'x')()])(one)).resolves.toEqualTypeOf<string[]>()
})

it('a bash app returns a command, and its value says how it ended', () => {
  const app = bashApp((path: DataFile) => sh`cat ${path}`)
  expectTypeOf(app(file('a'))).resolves.toEqualTypeOf<BashResult>()
  expectTypeOf<BashResult['exitCode']>().toEqualTypeOf<0>()
  bashApp(async () => 'true')
  // @ts-expect-error no command
  bashApp(() => 5)
  // @ts-expect-error nothing
  bashApp(() => {})
})

it('outputs are a tuple, one for each output among the arguments', () => {
  const app = jsApp((..._args: readonly (string | DataFile | readonly DataFile[])[]) => 1)
  expectTypeOf(app('x').outputs).toEqualTypeOf<[]>()
  expectTypeOf(app(output('a')).outputs).toEqualTypeOf<[DataFuture]>()
  expectTypeOf(app('x', output('a'), file('b'), output.directory('c')).outputs).toEqualTypeOf<
    [DataFuture, DataFuture]
  >()
  expectTypeOf(app(output('a'), output.glob('b/*')).outputs).toEqualTypeOf<[DataFuture, DataFuture<DataFile[]>]>()
  expectTypeOf(app([output('a'), output.glob('b/*')], output('c')).outputs).toEqualTypeOf<
    [DataFuture, DataFuture<DataFile[]>, DataFuture]
  >()
  const list = ['a', 'b'].map((name) => output(name))
  expectTypeOf(app(list).outputs).toEqualTypeOf<DataFuture[]>()
  expectTypeOf(app('x', ...list).outputs).toEqualTypeOf<DataFuture<unknown>[]>()
  // @ts-expect-error there is no second
  expectTypeOf(app(output('a')).outputs[1]).toBeUndefined()
})

it('outputs within objects are counted, and of unknown kind', () => {
  const app = jsApp((_files: { out: DataFile }, _last: DataFile) => 1)
  const { outputs } = app({ out: output('a') }, output('b'))
  expectTypeOf(outputs[0]).not.toEqualTypeOf<DataFuture>()
  expectTypeOf(app({ out: file('a') }, output('b')).outputs).toEqualTypeOf<[DataFuture]>()
})

it('get() takes the keys of the value', () => {
  const made = jsApp((): { list: string[]; maybe?: number } => ({ list: [] }))()
  expectTypeOf(made.get('list')).resolves.toEqualTypeOf<string[]>()
  expectTypeOf(made.get('list').get(0)).resolves.toEqualTypeOf<string>()
  expectTypeOf(made.get('maybe')).resolves.toEqualTypeOf<number | undefined>()
  // @ts-expect-error no such key
  made.get('lst')
})

it('with() and map() keep the types of the app', () => {
  const app = jsApp((n: number, _label = '') => String(n))
  expectTypeOf(app.with({ retries: 1 })).toEqualTypeOf<typeof app>()
  expectTypeOf(app).toExtend<App<[n: number, label?: string], string>>()
  expectTypeOf(app.with({}).map([1, one, Promise.resolve(2)])).toEqualTypeOf<AsyncGenerator<string, void, undefined>>()
  // @ts-expect-error items of another type
  app.map(['x'])
  // @ts-expect-error no such option
  app.map([1], { inflight: 2 })
  const two = jsApp((a: number, b: number) => a + b)
  // @ts-expect-error a call of this app takes more than an item
  two.map([1, 2])
})

it('apps of a kernel, and asCompleted, have the same types', () => {
  expectTypeOf(kernel.jsApp((n: number) => n)).toEqualTypeOf<App<[n: number], number>>()
  expectTypeOf(kernel.joinApp((n: number) => [n])(one)).resolves.toEqualTypeOf<number[]>()
  const check = async (): Promise<void> => {
    for await (const end of asCompleted([one])) {
      if (end.ok) expectTypeOf(end.value).toEqualTypeOf<number>()
      else expectTypeOf(end.error).toBeUnknown()
      expectTypeOf(end.future).toEqualTypeOf<AppFuture<number>>()
    }
  }
  void check
})

it('load() gives a kernel, or what its block gives', () => {
  expectTypeOf(load).toBeCallableWith({})
  const loads = () => [load(), load({ retries: 1 })] as const
  expectTypeOf<ReturnType<typeof loads>[1]>().resolves.toEqualTypeOf<DataFlowKernel>()
  const block = () => [load(async () => 5), load({}, (parsl) => parsl.runDir)] as const
  expectTypeOf<ReturnType<typeof block>[0]>().resolves.toEqualTypeOf<number>()
  expectTypeOf<ReturnType<typeof block>[1]>().resolves.toEqualTypeOf<string>()
  // @ts-expect-error a misspelt option
  void (() => load({ retires: 1 }))
})

it('misuse is an error', () => {
  expectTypeOf(jsApp).parameter(0).not.toBeAny()
  // @ts-expect-error no function
  void (() => jsApp(5))
  // @ts-expect-error an option of Parsl that has another name here
  void (() => jsApp(() => 1, { priorty: 1 }))
  // @ts-expect-error a resource that there is not
  void (() => jsApp(() => 1, { resources: { cpus: 1 } }))
  // @ts-expect-error no output
  void (() => bashApp(() => '', { stdout: 5 }))
  // @ts-expect-error a mode is missing
  void (() => bashApp(() => '', { stdout: { path: 'x' } }))
})
