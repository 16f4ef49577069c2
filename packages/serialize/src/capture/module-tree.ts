import { SerializationError } from '@parsl/interfaces'
import { type Options, Parser } from 'acorn'
import { analyze, type Scope, type ScopeManager, type Variable } from 'eslint-scope'
import type { Location, Script } from './inspector.js'
import { wrapperOf } from './module-wrapper.js'
import { constructorOf, isArrow, isClass, isPlainFunction, type TreeNode, walk } from './tree.js'

/** A parsed script, and where its functions are. */
export interface ModuleTree {
  readonly script: Script
  readonly source: string
  readonly lineStarts: readonly number[]
  readonly body: readonly TreeNode[]
  /** The function that a loader put around the module. */
  readonly wrapper: TreeNode | undefined
  readonly scopes: ScopeManager
  readonly parents: ReadonlyMap<TreeNode, TreeNode>
  /** Finds something out once for the tree: where an import leads takes several looks at files. */
  once<T>(key: string, find: () => T): T
  /** By the offset at which the engine says that they begin. */
  readonly functions: ReadonlyMap<number, TreeNode>
}

/** The offsets at which lines begin. */
export const lineStartsOf = (source: string): number[] => {
  const starts = [0]
  if (/[\r\u2028\u2029]/u.test(source)) {
    const end = /\r\n?|[\n\u2028\u2029]/gu
    while (end.test(source)) starts.push(end.lastIndex)
  } else for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

const head = /(?:\/\*[^]*?\*\/|\/\/[^\n\r\u2028\u2029]*|[^(/])*/uy

/** The engine places functions at the parenthesis of their parameters, arrows at their beginning. */
const placeOf = (node: TreeNode, source: string): number | undefined => {
  if (isClass(node)) return constructorOf(node)?.start ?? node.start
  if (isArrow(node)) return node.start
  if (!isPlainFunction(node)) return undefined
  head.lastIndex = (node['id'] as TreeNode | null)?.end ?? node.start
  head.test(source)
  return head.lastIndex
}

/** The engine has accepted the source; of a part of it, what is declared elsewhere may be missing. */
class Lenient extends Parser {
  raiseRecoverable(): void {}
}

const read = (source: string, { isModule, url, scriptId }: Script): TreeNode => {
  const options: Options = {
    ecmaVersion: 'latest',
    allowHashBang: true,
    ranges: true,
    sourceType: isModule ? 'module' : 'script',
  }
  try {
    const root = Lenient.parse(source, {
      ...options,
      ...(!isModule && { allowReturnOutsideFunction: true, allowNewTargetOutsideFunction: true }),
    } as Options) as unknown as TreeNode
    return { ...root, scriptId }
  } catch (error) {
    throw new SerializationError(url, 'its source cannot be parsed', { cause: error })
  }
}

/** The same for a variable in all trees of its script. */
export const placeOfVariable = ({ name, scope, defs }: Variable): string => {
  let outer: Scope = scope
  while (outer.upper !== null) outer = outer.upper
  const { scriptId } = outer.block as unknown as { scriptId: string }
  return `${scriptId} ${name} ${(defs[0]?.name as unknown as TreeNode | undefined)?.start}`
}

const scopesOf = (root: TreeNode, { isModule }: Script): ScopeManager =>
  analyze(root as never, {
    ecmaVersion: 2024,
    sourceType: isModule ? 'module' : 'script',
    nodejsScope: !isModule,
    ignoreEval: true,
  })

const createOnce = (): ModuleTree['once'] => {
  const known = new Map<string, unknown>()
  return <T>(key: string, find: () => T): T => {
    if (!known.has(key)) known.set(key, find())
    return known.get(key) as T
  }
}

/** A source, and the text that is parsed in its place: the same, or parts of it. */
export interface Parsed extends Pick<ModuleTree, 'source' | 'lineStarts'> {
  readonly text: string
  /** Whether a function may be around the module; of parts of a source nothing else tells. */
  readonly isWrapped: boolean
}

export const parseModule = (script: Script, { source, lineStarts, text, isWrapped }: Parsed): ModuleTree => {
  const root = read(text, script)
  let scopes: ScopeManager | undefined
  const parents = new Map<TreeNode, TreeNode>()
  const functions = new Map<number, TreeNode>()
  walk(root, (node, parent) => {
    if (parent !== undefined) parents.set(node, parent)
    const place = placeOf(node, source)
    // The constructor of a class has the place of the class, which comes first.
    if (place !== undefined && !functions.has(place)) functions.set(place, node)
  })
  const body = root['body'] as readonly TreeNode[]
  return {
    script,
    source,
    lineStarts,
    body,
    wrapper: isWrapped ? wrapperOf(body) : undefined,
    parents,
    functions,
    once: createOnce(),
    get scopes() {
      return (scopes ??= scopesOf(root, script))
    },
  }
}

export const offsetOf = (
  { lineStarts, script }: Pick<ModuleTree, 'lineStarts' | 'script'>,
  { lineNumber, columnNumber }: Location,
): number => {
  const line = lineNumber - script.startLine
  return (lineStarts[line] ?? 0) + columnNumber - (line === 0 ? script.startColumn : 0)
}

/** Line and column in the file of an offset, from zero. */
export const positionOf = ({ lineStarts, script }: ModuleTree, offset: number): { line: number; column: number } => {
  let low = 0
  let high = lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lineStarts[middle] as number) <= offset) low = middle
    else high = middle - 1
  }
  const column = offset - (lineStarts[low] as number) + (low === 0 ? script.startColumn : 0)
  return { line: low + script.startLine, column }
}
