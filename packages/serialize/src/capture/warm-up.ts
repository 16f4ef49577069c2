import { runInThisContext } from 'node:vm'
import { lineStartsOf, parseModule } from './module-tree.js'
import { outlineOf } from './outline.js'
import { unknownScript } from './inspector.js'
import { planOf } from './plan.js'

const step = (n: number): string => `
function step${n}(list, { rate = ${n}, names = [] } = {}) {
  const seen = new Map() // of step ${n}
  for (const item of list) {
    if (item.kind === 'old' || /[/}]/.test(item.name)) continue
    const next = { ...item, path: \`\${item.dir}/\${item.name}-\${rate}\` }
    seen.set(item.name, next.size > 10 ? { ...next, size: next.size / rate } : next)
  }
  total += ${n}
  return [...seen.values()].toSorted((a, b) => a.size - b.size)
}
`

/** A file with so many functions, and with what the ways to read one look at. */
const sourceOf = (count: number): string => {
  const steps = Array.from({ length: count }, (_, n) => step(n)).join('')
  return `(() => { let total = 0; const offset = 1${steps}
const scaled = (x) => x * offset
class Held { constructor(x) { this.x = scaled(x) } }
return [step0, step1, step2, () => scaled(total), (x) => new Held(x).x] })()`
}

/** Scanning a large file is what gains most from code that the engine has compiled. */
const large = 1_000

/** The words that the parser looks for are others in a module, and no module can be made of text at once. */
const warmUpModule = (): void => {
  const source = `import { join } from 'node:path'\nexport const first = () => join('a')${step(1)}export { step1 }\nlet total = 0`
  const script = { ...unknownScript, scriptId: '', isModule: true }
  const tree = parseModule(script, { source, lineStarts: lineStartsOf(source), text: source, isWrapped: false })
  for (const node of tree.functions.values()) planOf(tree, node, () => undefined)
}

/** Functions to be captured once, so that the first of the program find the engine and this code warm. */
export const warmUpFunctions = (): (() => unknown)[] => {
  outlineOf(sourceOf(large))
  warmUpModule()
  return [5, 50].flatMap(
    (count) => runInThisContext(sourceOf(count), { filename: 'parsl-warm-up.js' }) as (() => unknown)[],
  )
}
