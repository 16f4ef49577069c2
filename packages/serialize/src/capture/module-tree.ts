import { SerializationError } from '@parsl/interfaces'
import { type Options, parse } from 'acorn'
import { analyze, type ScopeManager } from 'eslint-scope'
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
  /** By the offset at which the engine says that they begin. */
  readonly functions: ReadonlyMap<number, TreeNode>
}

/** The offsets at which lines begin. */
export const lineStartsOf = (source: string): number[] => [
  0,
  ...[...source.matchAll(/\r\n|[\n\r\u2028\u2029]/gu)].map((match) => match.index + match[0].length),
]

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

const read = (source: string, { isModule, url }: Script): TreeNode => {
  const options: Options = {
    ecmaVersion: 'latest',
    allowHashBang: true,
    ranges: true,
    sourceType: isModule ? 'module' : 'script',
  }
  try {
    return parse(source, {
      ...options,
      ...(!isModule && { allowReturnOutsideFunction: true, allowNewTargetOutsideFunction: true }),
    } as Options) as unknown as TreeNode
  } catch (error) {
    throw new SerializationError(url, 'its source cannot be parsed', { cause: error })
  }
}

export const parseModule = (script: Script, source: string): ModuleTree => {
  const root = read(source, script)
  const scopes = analyze(root as never, {
    ecmaVersion: 2024,
    sourceType: script.isModule ? 'module' : 'script',
    nodejsScope: !script.isModule,
    ignoreEval: true,
  })
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
    lineStarts: lineStartsOf(source),
    body,
    wrapper: wrapperOf(body),
    scopes,
    parents,
    functions,
  }
}

export const offsetOf = ({ lineStarts, script }: ModuleTree, { lineNumber, columnNumber }: Location): number => {
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
