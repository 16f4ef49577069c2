import fc from 'fast-check'

/** Something inside an argument, or inside what a join returns. */
export type Leaf =
  | { readonly kind: 'plain'; readonly value: number }
  /** An earlier task beside this one; `of` is taken modulo their number. */
  | { readonly kind: 'task'; readonly of: number }
  /** An earlier task of the program, seen from inside a join. */
  | { readonly kind: 'outer'; readonly of: number }
  /** One property of the value of an earlier task. */
  | { readonly kind: 'pick'; readonly of: number }
  /** A promise of somebody else's. */
  | { readonly kind: 'foreign'; readonly id: number; readonly fails: boolean }

export type Shape =
  | Leaf
  | { readonly kind: 'array' | 'object' | 'values' | 'keys' | 'set'; readonly items: readonly Shape[] }

interface CommonPlan {
  readonly args: readonly Shape[]
  readonly retries: number
  /** Bodies that wait do so until the test lets them go on. */
  readonly pace: 'sync' | 'async'
  /** Whether the signal ends the wait. */
  readonly obeys: boolean
  readonly hasSignal: boolean
}

/** What becomes of each try, in order; further ones end well. */
export type JsFate = 'ok' | 'fail' | 'lostBefore' | 'lostAfter'
type JoinFate = 'ok' | 'failBefore' | 'failAfter'

export interface JsPlan extends CommonPlan {
  readonly type: 'js'
  readonly where: 'fake' | 'inProcess'
  readonly fates: readonly JsFate[]
  readonly infrastructureRetries: number
  readonly timeoutMs: number | undefined
  readonly walltimeMs: number | undefined
}

export interface JoinPlan extends CommonPlan {
  readonly type: 'join'
  readonly fates: readonly JoinFate[]
  readonly inner: readonly TaskPlan[]
  /** Awaits its first inner task before it returns. */
  readonly awaitsFirst: boolean
  readonly result: Shape
}

export type TaskPlan = JsPlan | JoinPlan

/** What becomes of one try; nothing is lost where the program itself runs it. */
export const fateOf = ({ fates, where }: JsPlan, attempt: number): JsFate => {
  const fate = fates[attempt] ?? 'ok'
  return where === 'inProcess' && fate !== 'fail' ? 'ok' : fate
}

/** A program: its tasks in the order in which they are called, and how it is configured. */
export interface Dag {
  readonly tasks: readonly TaskPlan[]
  readonly backoff: boolean
}

/** A container of the same shape, with each leaf replaced. */
export const build = (shape: Shape, replace: (leaf: Leaf) => unknown): unknown => {
  switch (shape.kind) {
    case 'plain':
      return shape.value
    case 'task':
    case 'outer':
    case 'pick':
    case 'foreign':
      return replace(shape)
    case 'array':
      return shape.items.map((item) => build(item, replace))
    case 'object':
      return Object.fromEntries(shape.items.map((item, index) => [`p${index}`, build(item, replace)]))
    case 'values':
      return new Map(shape.items.map((item, index) => [index, build(item, replace)]))
    case 'keys':
      return new Map(shape.items.map((item, index) => [build(item, replace), index]))
    case 'set':
      return new Set(shape.items.map((item) => build(item, replace)))
  }
}

/** Every leaf of a shape that has to be waited for. */
export const leavesOf = (shape: Shape): readonly Leaf[] =>
  'items' in shape ? shape.items.flatMap(leavesOf) : shape.kind === 'plain' ? [] : [shape]

const plain = fc.record({ kind: fc.constant('plain' as const), value: fc.nat(9) })
const reference = (...kinds: readonly ('task' | 'outer' | 'pick')[]) =>
  fc.record({ kind: fc.constantFrom(...kinds), of: fc.nat(1_000) })
const foreign = fc.record({
  kind: fc.constant('foreign' as const),
  id: fc.nat(3),
  fails: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 9),
})

const shapeOf = (leaf: fc.Arbitrary<Leaf>): fc.Arbitrary<Shape> =>
  fc.letrec<{ shape: Shape; nested: Shape }>((tie) => ({
    shape: fc.oneof({ maxDepth: 2, withCrossShrink: true }, leaf, tie('nested')),
    nested: fc.record({
      kind: fc.constantFrom('array' as const, 'object' as const, 'values' as const, 'keys' as const, 'set' as const),
      items: fc.array(tie('shape'), { maxLength: 3 }),
    }),
  })).shape

const innerLeaf = fc.oneof(plain, { weight: 3, arbitrary: reference('task', 'pick') }, reference('outer'), foreign)
const outerLeaf = fc.oneof(plain, { weight: 4, arbitrary: reference('task', 'task', 'pick') }, foreign)
const resultLeaf = fc.oneof(plain, { weight: 4, arbitrary: reference('task') }, reference('outer'), foreign)

/** Mostly what is listed first. */
const mostly = <T>(first: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: fc.constantFrom(first, ...others) })

const common = (args: fc.Arbitrary<Shape>) => ({
  args: fc.array(args, { maxLength: 3 }),
  retries: fc.nat(2),
  pace: fc.constantFrom('sync' as const, 'async' as const),
  obeys: fc.boolean(),
  hasSignal: mostly(false, true),
})

const js = (args: fc.Arbitrary<Shape>): fc.Arbitrary<TaskPlan> =>
  fc.record({
    ...common(args),
    type: fc.constant('js' as const),
    where: fc.constantFrom('fake' as const, 'inProcess' as const),
    fates: fc.array(mostly<JsFate>('ok', 'fail', 'lostBefore', 'lostAfter'), { maxLength: 4 }),
    infrastructureRetries: fc.nat(2),
    timeoutMs: mostly<number | undefined>(undefined, 3_000),
    walltimeMs: mostly<number | undefined>(undefined, 2_000),
  })

const join = (inner: fc.Arbitrary<TaskPlan>): fc.Arbitrary<TaskPlan> =>
  fc.record({
    ...common(shapeOf(outerLeaf)),
    type: fc.constant('join' as const),
    fates: fc.array(mostly<JoinFate>('ok', 'failBefore', 'failAfter'), { maxLength: 2 }),
    inner: fc.array(inner, { maxLength: 3 }),
    awaitsFirst: mostly(false, true),
    result: shapeOf(resultLeaf),
  })

const innermost = js(shapeOf(innerLeaf))
const inner = fc.oneof({ weight: 4, arbitrary: innermost }, { weight: 1, arbitrary: join(innermost) })
const task = fc.oneof({ weight: 4, arbitrary: js(shapeOf(outerLeaf)) }, { weight: 1, arbitrary: join(inner) })

/** Programs of 1 to 40 calls, whose joins make some more. */
export const anyDag: fc.Arbitrary<Dag> = fc.record({
  tasks: fc.array(task, { minLength: 1, maxLength: 40, size: 'max' }),
  backoff: fc.boolean(),
})
