/**
 * What it costs to capture functions, and to encode and decode values, beside `structuredClone` and `v8.serialize`. Processor time of this process, so that
 * other work of the machine counts less. One JSON line a measure.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { printer } from './output/printer.ts'
import { type Captured, createFunctions, decodeValue, encodeValue } from '@parsl/serialize'

const ROUNDS = 5
const dir = await mkdtemp(join(tmpdir(), 'parsl-bench-'))

type Fn = (...args: never[]) => unknown

const print = printer('serialize', 3)

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number

/** A module of so many lines, one of whose functions is reached. */
const moduleOf = (lines: number, minified: boolean): string => {
  const parts = ["import { join } from 'node:path'", 'const rate = 3', 'let calls = 0']
  for (let n = 0; parts.length < lines; n += 1) {
    const body = [
      `export function step${n}(list, options = {}) {`,
      `  const seen = new Map() // of step ${n}`,
      '  for (const item of list) {',
      "    if (item.kind === 'old' || /[/}]/.test(item.name)) continue",
      '    const next = { ...item, path: join(item.dir, `${item.name}-${rate}`) }',
      '    seen.set(item.name, next.size > 10 ? { ...next, size: next.size / rate } : next)',
      '  }',
      `  calls = calls + ${n}`,
      '  return [...seen.values()].toSorted((a, b) => a.size - b.size)',
      '}',
      '',
    ]
    parts.push(...(minified ? [body.map((line) => line.replace(/ \/\/.*$/u, '').trim()).join(';')] : body))
  }
  parts.push('const scaled = (x) => join("a", String(x * rate))', 'export const reached = (x) => scaled(x + 1)')
  return parts.join('\n')
}

/** Captures a function of a file that nothing was captured of before, in a process of its own; milliseconds. */
const first = async (name: string, source: string): Promise<number> => {
  const path = join(dir, `${name}.mjs`)
  await writeFile(path, source)
  const program = `
    import { createFunctions } from '@parsl/serialize'
    const { reached } = await import(${JSON.stringify(pathToFileURL(path).href)})
    const functions = createFunctions()
    functions.warmUp()
    const start = performance.now()
    functions.capture(reached, 'reached')
    console.log(performance.now() - start)
  `
  const times = Array.from({ length: ROUNDS }, () =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: import.meta.dirname })),
  )
  return median(times)
}

/** Microseconds a call: the least of several runs, since only other work makes a run slower. */
const cost = (work: () => void, count: number): number => {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage()
    for (let index = 0; index < count; index += 1) work()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / count
  })
  return Math.min(...times)
}

const functions = createFunctions()

/** Closures over one code, in a module with so many bindings. */
const closuresOf = async (bindings: number): Promise<(n: number) => Fn> => {
  const names = Array.from({ length: bindings }, (_, index) => `binding${index}`)
  const source = `
    ${names.map((name, index) => `const ${name} = ${index}`).join('\n')}
    export const keep = () => [${names.join()}]
    export const make = (n) => (x) => x + n + binding1
  `
  const path = join(dir, `closures${bindings}.mjs`)
  await writeFile(path, source)
  const { make } = (await import(pathToFileURL(path).href)) as { make: (n: number) => Fn }
  functions.capture(make(0), 'closure')
  return make
}

const newClosure = (make: (n: number) => Fn): number => {
  const times = Array.from({ length: 3000 }, (_, n) => {
    const fn = make(n)
    const start = performance.now()
    functions.capture(fn, 'closure')
    return (performance.now() - start) * 1_000
  })
  return median(times)
}

const lines = { small: 100, medium: 5_000, bundle: 35_000 }
for (const [name, count] of Object.entries(lines)) {
  const source = moduleOf(count, false)
  print(`capture_first_${name}`, await first(name, source), `ms, a file of ${(source.length / 1e6).toPrecision(2)} MB`)
}
const minified = moduleOf(lines.bundle / 8, true)
print(
  'capture_first_minified',
  await first('minified', minified),
  `ms, a file of ${(minified.length / 1e6).toPrecision(2)} MB`,
)

const few = await closuresOf(10)
const many = await closuresOf(500)
print('capture_new_closure_10', newClosure(few), 'us, median')
print('capture_new_closure_500', newClosure(many), 'us, median')
const known = few(1)
print(
  'capture_again',
  cost(() => functions.capture(known, 'closure'), 100_000),
  'us',
)

const { bytes, codes } = functions.capture(known, 'closure') as Captured
const decoded = (): unknown => decodeValue(bytes, { functions: functions.decoding(), codes: (id) => codes.get(id) })
print('revive', cost(decoded, 20_000), 'us a task')

const values: Readonly<Record<string, unknown>> = {
  number: [7],
  record: ['a', { x: 1 }],
  mixed: [1, 'a', { x: 1 }],
  records: Array.from({ length: 10_000 }, (_, id) => ({ id, name: `n${id}`, at: id / 3, ok: true, tags: null })),
  floats: new Float64Array(131_072),
}
for (const [name, value] of Object.entries(values)) {
  const count = name === 'records' || name === 'floats' ? 20 : 100_000
  const sent = encodeValue(value)
  const inV8 = serialize(value)
  const clone = { name: 'structuredClone', value: cost(() => structuredClone(value), count) }
  const v8 = cost(() => void deserialize(serialize(value)), count)
  const ours = { encode: cost(() => void encodeValue(value), count), decode: cost(() => void decodeValue(sent), count) }
  print(`encode_${name}`, ours.encode, `us, ${sent.byteLength} bytes`, clone)
  print(`decode_${name}`, ours.decode, 'us', clone)
  print(`both_${name}`, ours.encode + ours.decode, `us, v8 has ${inV8.byteLength} bytes`, { name: 'v8', value: v8 })
}

await rm(dir, { recursive: true, force: true })
