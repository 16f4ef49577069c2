import type { Block } from './outline.js'

/** Parts of a source that are kept; all else can be left out, for a parser has no need of it. */
export interface Excerpt {
  /** The part around a place, and what encloses it. */
  keepAt(offset: number): void
  /** All that stands between two places. */
  keepRange(start: number, end: number): void
  /** How many parts are kept. */
  count(): number
  /** The source with what is left out as comments, so that every place stays what it was. */
  text(): string
  /** How much of it is not left out. */
  size(): number
}

/** The index of the last of ascending numbers that is at most `value`; -1 if there is none. */
const lastUpTo = (numbers: (index: number) => number, length: number, value: number): number => {
  let low = -1
  let high = length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (numbers(middle) <= value) low = middle
    else high = middle - 1
  }
  return low
}

const innermost = (root: Block, offset: number): Block => {
  let block = root
  for (;;) {
    const { blocks } = block
    const next = blocks[lastUpTo((index) => (blocks[index] as Block).start, blocks.length, offset - 1)]
    if (next === undefined || next.end < offset) return block
    block = next
  }
}

/** Counts the parts of a block from -1, the one before the first cut. */
const partAt = ({ cuts }: Block, offset: number): number =>
  lastUpTo((index) => cuts[index] as number, cuts.length, offset)

const comment = (length: number): string => (length < 4 ? ' '.repeat(length) : `/*${' '.repeat(length - 4)}*/`)

/** A directive changes the meaning of what follows. */
const isDirective = (source: string, start: number): boolean => /^\s*["']/u.test(source.slice(start, start + 200))

interface Range {
  readonly start: number
  readonly end: number
}

const createRenderer = (source: string, kept: ReadonlyMap<Block, Set<number>>, whole: readonly Range[]) => {
  const pieces: string[] = []
  let size = 0

  const copy = (start: number, end: number): void => {
    pieces.push(source.slice(start, end))
    size += end - start
  }

  const leaveOut = (start: number, end: number): void => {
    if (end > start) pieces.push(`;${comment(end - start - 1)}`)
  }

  const blocksOf = ({ blocks }: Block, { start, end }: Range): void => {
    let at = start
    const first = lastUpTo((index) => (blocks[index] as Block).start, blocks.length, start - 1) + 1
    for (let index = first; index < blocks.length && (blocks[index] as Block).start < end; index += 1) {
      const block = blocks[index] as Block
      copy(at, block.start + 1)
      render(block)
      at = block.end
    }
    copy(at, end)
  }

  const render = (block: Block): void => {
    const { cuts } = block
    const start = block.start + 1
    const parts = kept.get(block)
    if (whole.some((range) => range.start < block.end && block.start < range.end && range.start <= block.start)) {
      copy(start, block.end)
    } else if (parts === undefined) pieces.push(comment(block.end - start))
    else {
      if (isDirective(source, start)) parts.add(-1)
      let at = start
      for (const part of [...parts].toSorted((a, b) => a - b)) {
        const range = { start: cuts[part] ?? start, end: cuts[part + 1] ?? block.end }
        leaveOut(at, range.start)
        blocksOf(block, range)
        at = range.end
      }
      leaveOut(at, block.end)
    }
  }

  return (root: Block): { text: string; size: number } => {
    render(root)
    return { text: pieces.join(''), size }
  }
}

export const createExcerpt = (source: string, root: Block): Excerpt => {
  const kept = new Map<Block, Set<number>>()
  const whole: Range[] = []
  let count = 0
  let rendered: { text: string; size: number } | undefined

  const keepAt = (offset: number): void => {
    let at = offset
    for (let block: Block | undefined = innermost(root, offset); block !== undefined; block = block.parent) {
      const parts = kept.get(block) ?? new Set<number>()
      const part = partAt(block, at)
      if (parts.has(part)) return
      kept.set(block, parts.add(part))
      count += 1
      at = block.start
    }
  }

  const render = (): { text: string; size: number } => (rendered ??= createRenderer(source, kept, whole)(root))

  return {
    keepAt: (offset) => {
      rendered = undefined
      keepAt(offset)
    },
    keepRange: (start, end) => {
      rendered = undefined
      whole.push({ start, end })
    },
    count: () => count,
    text: () => render().text,
    size: () => render().size,
  }
}
