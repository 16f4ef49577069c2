import { SerializationError } from '@parsl/interfaces'
import type { Inspector, Location, Script } from './inspector.js'
import { type ModuleTree, offsetOf, parseModule } from './module-tree.js'
import { type Plan, planOf } from './plan.js'
import type { TreeNode } from './tree.js'

/** The scripts of this program, parsed where something in them was captured. */
export const createScripts = (inspector: Inspector) => {
  const known = new Map<string, Script>()
  const trees = new Map<string, ModuleTree>()
  const plans = new Map<TreeNode, Plan>()

  const sources = new Map<string, string>()

  /** One look at the debugger gives the script and its source. */
  const load = (scriptId: string): void =>
    inspector.withDebugger(({ scripts, sourceOf }) => {
      for (const script of scripts) known.set(script.scriptId, script)
      const url = known.get(scriptId)?.url ?? ''
      if (!url.startsWith('node:')) sources.set(scriptId, sourceOf(scriptId))
    })

  const scriptOf = (scriptId: string): Script => {
    if (!known.has(scriptId)) load(scriptId)
    return known.get(scriptId) ?? { scriptId, url: '', isModule: false, startLine: 0, startColumn: 0, sourceMapURL: '' }
  }

  const treeOf = (scriptId: string): ModuleTree => {
    const found = trees.get(scriptId)
    if (found !== undefined) return found
    if (!sources.has(scriptId)) load(scriptId)
    const tree = parseModule(scriptOf(scriptId), sources.get(scriptId) ?? '')
    sources.delete(scriptId)
    trees.set(scriptId, tree)
    return tree
  }

  const find = (url: string): ModuleTree | undefined => {
    const script = known.values().find((other) => other.url === url)
    return script === undefined ? undefined : treeOf(script.scriptId)
  }

  return {
    scriptOf,
    find,
    captured: (): Iterable<Plan> => plans.values(),
    /** The function or class at a place. */
    planAt: (location: Location, path: string): Plan => {
      const tree = treeOf(location.scriptId)
      const node = tree.functions.get(offsetOf(tree, location))
      if (node === undefined) {
        throw new SerializationError(
          path,
          `its source is not found in ${tree.script.url}; define it in a file of yours`,
        )
      }
      const plan = plans.get(node) ?? planOf(tree, node, find)
      plans.set(node, plan)
      return plan
    },
  }
}

export type Scripts = ReturnType<typeof createScripts>
