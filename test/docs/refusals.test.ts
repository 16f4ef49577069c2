// Holds the tables of what cannot travel to what the library says, both ways.
import { AsyncLocalStorage } from 'node:async_hooks'
import { globSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { createSecretKey } from 'node:crypto'
import { createFunctions, encodeValue } from '../../packages/serialize/src/index.ts'
import { asCompleted, dataFlowKernel, dfk, evidenceOf, inProcessExecutor, jsApp } from '@parsl/core'
import { describe, expect, it } from 'vitest'
import { read, root, rowsOf, sectionOf } from './pages.ts'

const page = 'docs/how-functions-travel.md'

/** The text of a cell in marks of code. */
const codeIn = (cell: string): string => /^(`+) ?(.*?) ?\1$/.exec(cell)?.[2] ?? cell

const reasons = rowsOf(sectionOf(page, 'What is refused')).map(([, reason = '']) => codeIn(reason))

const anyPackage = (text: string): string => text.replace(/(?<=the package )\S+(?=[;,])/, '…')

const rowsFor = (reason: string): readonly string[] =>
  reasons.filter((row) =>
    row.endsWith('…') ? reason.startsWith(row.slice(0, -1)) : anyPackage(row) === anyPackage(reason),
  )

class Scale {
  factor = 2
  read() {
    return () => this.factor
  }
}
const parent = { method: () => 1 }
const child = {
  __proto__: parent,
  method(): unknown {
    return super.method()
  },
}
class Counter {
  #n = 0
  add() {
    return ++this.#n
  }
}
class Vault {
  #secret = 1
  read() {
    return this.#secret
  }
}
class Loop {
  static [Symbol.for('parsl.encode')](loop: Loop) {
    return { loop }
  }
  static [Symbol.for('parsl.decode')]() {
    return new Loop()
  }
}
function withArguments() {
  return () => arguments.length
}
function Target() {
  return () => new.target
}
const counting = () => {
  let n = 0
  return { inc: () => ++n, get: () => n }
}
const both = counting()
const runs = Symbol('run')
class Computed {
  [runs]() {
    return 1
  }
}
declare const mine: () => number
Object.assign(globalThis, { mine: () => 1 })
const detached = new ArrayBuffer(1)
structuredClone(detached, { transfer: [detached] })
function* numbers() {
  yield 1
}
const parsl = jsApp(() => 1)
const acorn = createRequire(import.meta.resolve('../../packages/serialize/package.json'))('acorn') as {
  readonly Parser: { readonly prototype: { readonly parse: unknown } }
}

const cases: Record<string, () => unknown> = {
  this: () => new Scale().read(),
  super: () => child.method,
  'a private name': () => Object.getOwnPropertyDescriptor(Counter.prototype, 'add')?.value,
  arguments: () => withArguments(),
  'new.target': () => new (Target as unknown as new () => unknown)(),
  // oxlint-disable-next-line no-eval -- what it is about
  eval: () => () => eval('1 + 1') as unknown,
  'import.meta': () => () => import.meta.resolve('node:fs'),
  'two closures': () => () => [both.inc(), both.get()],
  'too early': () => {
    const early = () => table
    encodeValue(early, { functions: createFunctions().encoder() })
    const table = 1
    return table
  },
  'a global': () => () => mine(),
  'a native function': () => new Intl.Collator().compare,
  'a function of Node': () => AsyncLocalStorage.snapshot(),
  'a function of a package': () => acorn.Parser.prototype.parse,
  'a symbol as key of a method': () => () => new Computed(),
  'a promise': () => Promise.resolve(1),
  'an app': () => parsl,
  'making apps': () => () => jsApp(() => 1),
  'the kernel': () => () => dfk(),
  asCompleted: () => () => asCompleted([]),
  evidenceOf: () => () => evidenceOf(1),
  'an executor': () => inProcessExecutor(),
  'a handle': () => new Socket(),
  'a signal': () => new AbortController(),
  'a weak collection': () => new WeakMap(),
  'a weak reference': () => new WeakRef({}),
  'an iterator': () => numbers(),
  'a proxy': () => new Proxy({}, {}),
  'a proxy of a function': () => new Proxy(() => 1, {}),
  'a symbol': () => Symbol('kind'),
  'what holds symbols': () => new Blob([]),
  'an arguments object': () =>
    (function withItsOwn() {
      return arguments
    })(),
  // Those of Node travel by name.
  'a module': () => createRequire(import.meta.url)('@parsl/core') as unknown,
  'shared memory': () => new SharedArrayBuffer(1),
  'a detached buffer': () => detached,
  'the pool of buffers': () => Buffer.from('abc').buffer,
  'a key': () => createSecretKey(Buffer.from('abc')),
  'private fields': () => new Vault(),
  'a class of the platform': () => new Headers(),
  'an encoded form that leads back': () => new Loop(),
}

const reasonOf = (make: () => unknown): string => {
  try {
    encodeValue(make(), { functions: createFunctions().encoder() })
  } catch (error) {
    return /^.*? cannot travel: (.*)$/s.exec((error as Error).message)?.[1] ?? String(error)
  }
  return 'it was not refused'
}

/** Refusals that only those see who encode without functions, or with a bound. */
const ELSEWHERE = /does not travel here|do not travel here|is a getter or setter|and … are allowed|captured has changed/

/** Texts in the sources that say why something cannot travel and, behind a semicolon, what to do. */
const inSources = (): string[] =>
  [
    ...globSync(['packages/serialize/src/{capture,encode}/*.ts', 'packages/core/src/{app,future,kernel}/*.ts'], {
      cwd: root,
    }),
  ]
    .flatMap((file) => {
      const source = read(file).replaceAll(/['`] \+\n\s*['`]/g, '')
      const literals = [
        ...source.matchAll(
          /(['"`])((?:it|its|what|shared|a|of|two|the|\$\{)[^\n]*?[a-z)}`]; [a-z{][^\n]*?)\1[,) \n:]/g,
        ),
      ]
      return literals.map(([, , text = '']) => text.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…'))
    })
    .filter((text) => !ELSEWHERE.test(text))

const isTemplateOf = (template: string, row: string): boolean => {
  const pattern = template.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  const isPart = row.endsWith('…') && template.includes(row.slice(-22, -1))
  return isPart || new RegExp(`^${pattern.join('.+')}$`).test(row)
}

describe('the tables of what cannot travel', () => {
  it.each(Object.entries(cases))('have a row for %s', (_, make) => {
    expect(rowsFor(reasonOf(make))).toHaveLength(1)
  })

  it('have a row for a kernel and for a future', async () => {
    await using kernel = await dataFlowKernel({ log: false, progress: false, handleSignals: false })
    expect(rowsFor(reasonOf(() => kernel))).toHaveLength(1)
    expect(rowsFor(reasonOf(() => kernel.jsApp(() => 1)()))).toHaveLength(1)
  })

  it('say what the library says', () => {
    const said = inSources()
    expect(said.length).toBeGreaterThan(25)
    expect(said.filter((template) => !reasons.some((row) => isTemplateOf(template, row)))).toEqual([])
  })

  it('say nothing that the library does not say', async () => {
    await using kernel = await dataFlowKernel({ log: false, progress: false, handleSignals: false })
    const all = [...Object.values(cases), () => kernel, () => kernel.jsApp(() => 1)()].map(reasonOf)
    const used = new Set(all.flatMap(rowsFor))
    const said = inSources()
    const unused = reasons.filter((row) => !used.has(row) && !said.some((template) => isTemplateOf(template, row)))
    expect(unused).toEqual([])
  })

  it('are told of a captured value that changed in the words of the page', async () => {
    const held = { scale: 10 }
    const convert = (n: number) => n * held.scale
    const said: string[] = []
    const functions = createFunctions({ checkCaptures: true, onChange: (_, message) => said.push(message) })
    functions.capture(convert, 'convert')
    held.scale = 1000
    functions.capture(convert, 'convert')
    expect(said).toHaveLength(1)
    expect(read(page)).toContain(`ParslWarning: ${said[0]}`)
  })
})
