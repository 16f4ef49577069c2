// Captures functions as messages of their own and decodes them beside their arguments; prints what it sees as JSON.
import { type Captured, createCodeStore, createFunctions, decodeValue, encodeValue } from '@parsl/serialize'

const changes = new Set<string>()
const functions = createFunctions({ checkCaptures: true, onChange: (name) => changes.add(name) })
const worker = createFunctions()

type Task = (...args: unknown[]) => unknown

const store = createCodeStore(2 ** 20)
let asked = 0

const decoded = ({ bytes, codes }: Captured, decoder: ReturnType<typeof worker.decoding>): unknown => {
  try {
    return decodeValue(bytes, { functions: decoder, codes: store.get })
  } catch (error) {
    for (const id of (error as { ids: readonly string[] }).ids) {
      asked += 1
      store.add(id, codes.get(id) as string)
    }
    return decodeValue(bytes, { functions: decoder, codes: store.get })
  }
}

/** Runs a task as a worker would: the function is one message, its arguments another. */
const run = (fn: Task, ...args: unknown[]): unknown => {
  const codes = new Map<string, string>()
  const given = encodeValue(args, { functions: functions.encoder(), codes: (id, text) => codes.set(id, text) })
  const decoder = worker.decoding()
  const there = decoded(functions.capture(fn, fn.name), decoder) as Task
  return there(...(decoded({ bytes: given, codes }, decoder) as unknown[]))
}

const home = (value: unknown): unknown =>
  decodeValue(encodeValue(value, { functions: worker.encoder() }), { functions: functions.decoding() })

// A snapshot, and variables that are assigned again.
const list = [1]
let factor = 2
const size: Task = () => list.length
const scaled: Task = (x) => (x as number) * factor
const sizes = [run(size), (list.push(2), run(size)), run(size)]
const scales = [run(scaled, 10), ((factor = 3), run(scaled, 10))]

const limits = { most: 2 }
let held: { limits: object; get?: Task } = { limits }
const mixed: Task = () => [held.limits === limits, limits.most, held.get?.(), factor]
const mixes = [run(mixed)]
limits.most = 5
const later = { n: 1 }
const get: Task = () => [later.n, (factor += 1)]
held = { limits, get }
mixes.push(run(mixed))
later.n = 2
factor = 7
held = { limits: {}, get }
mixes.push(run(mixed))

// Classes.
class Point {
  static made = 0
  x: number
  constructor(x: number) {
    this.x = x
    Point.made += 1
  }
}
class Wrong extends Error {
  at = new Point(9)
}
const shift: Task = (p) => [p instanceof Point, Point.made, new Point((p as Point).x + 1), Point.made]
const first = run(shift, new Point(1)) as unknown[]
const second = run(shift, new Point(2)) as unknown[]
const fails: Task = (p) => {
  throw new Wrong('no', { cause: p })
}
const caught = (): Wrong => {
  try {
    return run(fails, new Point(3)) as Wrong
  } catch (error) {
    return home(error) as Wrong
  }
}
const error = caught()

// Many closures over one code.
const adder =
  (n: number): Task =>
  (x) =>
    (x as number) + n
const before = asked
const ids = new Set<string>()
let sum = 0
for (let n = 0; n < 2000; n += 1) {
  const fn = adder(n)
  for (const id of functions.capture(fn, 'adder').codes.keys()) ids.add(id)
  sum += run(fn, 1) as number
}
const many = { sum, codes: ids.size, asked: asked - before }
const largest = functions.capture(adder(5), 'adder').bytes.byteLength

process.stdout.write(
  JSON.stringify({
    sizes,
    scales,
    mixes,
    same: functions.capture(size, 'size') === functions.capture(size, 'size'),
    changes: [...changes],
    tasks: [first, second].map(([isPoint, had, made, has]) => [isPoint, had, home(made) instanceof Point, has]),
    error: [error instanceof Wrong, error.at instanceof Point, (error.cause as Point).x, error.at.x, error.message],
    result: (home(run((n) => adder(n as number), 4)) as Task)(5),
    many,
    small: largest < 150,
  }),
)
