import { SerializationError } from '@parsl/interfaces'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Inspector, type Location, type Script, unknownScript } from './inspector.js'
import type { FindModule } from './live-bindings.js'
import { offsetOf } from './module-tree.js'
import { packageHolding } from './packages.js'
import { type Plan, planOf } from './plan.js'
import { createSourceFile, type SourceFile } from './source-file.js'

/** The file of a script if it is still what the engine loaded: that takes a fifth of the time that the engine takes. */
const unchangedFile = ({ url, hash }: Script): string | undefined => {
  if (!url.startsWith('file:')) return undefined
  try {
    const bytes = readFileSync(fileURLToPath(url))
    return createHash('sha256').update(bytes).digest('hex') === hash ? bytes.toString('utf8') : undefined
  } catch {
    return undefined
  }
}

/** Scanning more characters takes longer than a capture should. */
const large = 50_000

const isLarge = ({ url, length }: Script): boolean =>
  length > large && url.startsWith('file:') && packageHolding(url) === undefined

const planIn = (
  file: SourceFile,
  location: Location,
  { path, find }: { readonly path: string; readonly find: FindModule },
): Plan => {
  const offset = offsetOf(file, location)
  const tree = file.treeAt(offset)
  const node = tree.functions.get(offset)
  if (node !== undefined) return planOf(tree, node, find)
  throw new SerializationError(path, `its source is not found in ${file.script.url}; define it in a file of yours`)
}

/** The scripts of this program, parsed where something in them was captured. */
export const createScripts = (inspector: Inspector) => {
  const known = new Map<string, Script>()
  const files = new Map<string, SourceFile>()
  const plans = new Map<string, Plan>()

  const scriptOf = (scriptId: string): Script => {
    const before = known.get(scriptId)
    if (before !== undefined) return before
    inspector.withDebugger(({ scripts }) => {
      for (const script of scripts) known.set(script.scriptId, script)
      if (known.get(scriptId)?.url.startsWith('node:') === false) fileOf(scriptId)
    })
    return known.get(scriptId) ?? { scriptId, ...unknownScript }
  }

  const fileOf = (scriptId: string): SourceFile => {
    const found = files.get(scriptId)
    if (found !== undefined) return found
    const script = scriptOf(scriptId)
    const source = unchangedFile(script) ?? inspector.withDebugger(({ sourceOf }) => sourceOf(scriptId))
    const file = createSourceFile(script, source)
    files.set(scriptId, file)
    return file
  }

  const find: FindModule = (url, names) => {
    const script = known.values().find((other) => other.url === url)
    return script === undefined ? undefined : fileOf(script.scriptId).treeNaming(names)
  }

  return {
    scriptOf,
    find,
    captured: (): Iterable<Plan> => plans.values(),
    /** Scans the large ones among the user's files, bundles for the most part, before they are asked for. */
    prepare: (): void => {
      const scripts = known.values().filter(isLarge)
      inspector.withDebugger(() => {
        for (const { scriptId } of scripts) fileOf(scriptId).prepare()
      })
    },
    /** The function or class at a place. */
    planAt: (location: Location, path: string): Plan => {
      const key = `${location.scriptId}:${location.lineNumber}:${location.columnNumber}`
      // Of several files that it imports from, the debugger is asked at once.
      const plan =
        plans.get(key) ?? inspector.withDebugger(() => planIn(fileOf(location.scriptId), location, { path, find }))
      plans.set(key, plan)
      return plan
    },
  }
}

export type Scripts = ReturnType<typeof createScripts>
