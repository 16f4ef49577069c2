import { createExcerpt, type Excerpt } from './excerpt.js'
import type { Script } from './inspector.js'
import { eachMention, type Search } from './mentions.js'
import { namesBehind } from './module-source.js'
import { lineStartsOf, type ModuleTree, parseModule } from './module-tree.js'
import { type Block, outlineOf } from './outline.js'
import type { TreeNode } from './tree.js'

/** A source, parsed as far as it is needed. */
export interface SourceFile {
  readonly script: Script
  readonly lineStarts: readonly number[]
  /** Does what costs most with a large source. */
  prepare(): void
  /** A tree that has the function or class at an offset, and all that sets the variables it uses. */
  treeAt(offset: number): ModuleTree
  /** A tree that has the exports of the file, and all that sets variables of these names. */
  treeNaming(names: readonly string[]): ModuleTree
}

/** Shorter sources are parsed as a whole. */
const short = 4000

const isWithin = ({ start, end }: Search, other: Search | undefined): boolean =>
  other !== undefined && start >= other.start && end <= other.end

/**
 * What a function uses of its surroundings, and where these variables may be set at all; and what those have their
 * values from, as far as that tells which module they come from.
 */
const searchesOf = ({ scopes, source }: ModuleTree, node: TreeNode): Search[] => {
  const everywhere = { start: 0, end: source.length }
  const searches = new Map<string, Search>()
  const { through = [] } = scopes.acquire(node as never) ?? {}
  for (const { identifier, resolved } of through) {
    const name = identifier.name as string
    const isInner = resolved !== null && resolved.scope.type !== 'module' && resolved.scope.type !== 'global'
    const { start, end } = isInner ? (resolved.scope.block as unknown as TreeNode) : everywhere
    searches.set(name, { name, start, end })
  }
  for (const { resolved } of through) {
    for (const name of resolved === null ? [] : namesBehind(resolved)) searches.set(name, { name, ...everywhere })
  }
  return [...searches.values()]
}

/** A script that is one function has little else. */
const mayBeWrapped = ({ cuts }: Block): boolean => cuts.length < 4

/** All that stands in no braces, and where those begin: in an object the function may be. */
const outermost = (source: string, root: Block): Excerpt => {
  const excerpt = createExcerpt(source, root)
  for (const offset of [0, ...root.cuts, ...root.blocks.map(({ start }) => start + 1)]) excerpt.keepAt(offset)
  return excerpt
}

/**
 * Parses one function of a large file without the rest: what encloses it, the function, and then whatever may declare or
 * assign a variable that it uses, wherever that stands. All else is left out as comments, at the same places.
 */
export const createParts = (
  script: Script,
  source: string,
  { root, lineStarts }: { root: Block; lineStarts: readonly number[] },
) => {
  const parse = (excerpt: Excerpt, isWrapped: boolean): ModuleTree =>
    parseModule(script, { source, lineStarts, text: excerpt.text(), isWrapped })
  const isWrapped = mayBeWrapped(root) && parse(outermost(source, root), true).wrapper !== undefined
  const parsed = (excerpt: Excerpt): ModuleTree => parse(excerpt, isWrapped)

  const keepMentions = (excerpt: Excerpt, searches: readonly Search[], all: boolean): void => {
    for (const search of searches) eachMention(source, { ...search, all }, excerpt.keepAt)
  }

  /** What is found to be needed may itself need more. */
  const withMentions = (excerpt: Excerpt, offset: number): ModuleTree => {
    const done = new Map<string, Search>()
    for (;;) {
      const tree = parsed(excerpt)
      const before = excerpt.count()
      const searches = searchesOf(tree, tree.functions.get(offset) as TreeNode)
      const left = searches.filter((search) => !isWithin(search, done.get(search.name)))
      keepMentions(excerpt, left, false)
      for (const search of left) done.set(search.name, search)
      if (excerpt.count() === before) return tree
    }
  }

  return {
    at: (offset: number): { tree: ModuleTree; size: number } | undefined => {
      const excerpt = createExcerpt(source, root)
      excerpt.keepAt(offset)
      const node = parsed(excerpt).functions.get(offset)
      if (node === undefined) return undefined
      excerpt.keepRange(node.start, node.end)
      return { tree: withMentions(excerpt, offset), size: excerpt.size() }
    },
    naming: (names: readonly string[]): { tree: ModuleTree; size: number } => {
      const excerpt = createExcerpt(source, root)
      keepMentions(
        excerpt,
        [...names, 'export'].map((name) => ({ name, start: 0, end: source.length })),
        true,
      )
      return { tree: parsed(excerpt), size: excerpt.size() }
    },
  }
}

type Part = { readonly tree: ModuleTree; readonly size: number } | undefined

export const createSourceFile = (script: Script, source: string): SourceFile => {
  const lineStarts = lineStartsOf(source)
  const named = new Map<string, ModuleTree>()
  let whole: ModuleTree | undefined
  let parts: ReturnType<typeof createParts> | undefined
  /** Many parts cost more than the whole. */
  let left = source.length < short ? 0 : source.length

  const wholeTree = (): ModuleTree =>
    (whole ??= parseModule(script, { source, lineStarts, text: source, isWrapped: true }))

  const partsOf = (): typeof parts => {
    const root = outlineOf(source)
    return root === undefined ? undefined : createParts(script, source, { root, lineStarts })
  }

  /** Where parts cannot be parsed, the whole can, or says why not. */
  const treeOf = (take: (from: NonNullable<typeof parts>) => Part): ModuleTree => {
    if (left <= 0) return wholeTree()
    try {
      parts ??= partsOf()
      const part = parts === undefined ? undefined : take(parts)
      left -= part?.size ?? left
      return part?.tree ?? wholeTree()
    } catch {
      left = 0
      return wholeTree()
    }
  }

  return {
    script,
    lineStarts,
    prepare: () => {
      parts ??= partsOf()
    },
    treeAt: (offset) => treeOf((from) => from.at(offset)),
    treeNaming: (names) => {
      const key = names.join()
      const tree = named.get(key) ?? treeOf((from) => from.naming(names))
      named.set(key, tree)
      return tree
    },
  }
}
