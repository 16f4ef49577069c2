import type { TreeNode } from './tree.js'

/** A piece of a source that is replaced. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** As long as the source was, with its line ends, so that what follows keeps its place. */
export const blank = (source: string, start: number, end: number): string =>
  source.slice(start, end).replace(/[^\n\r\u2028\u2029]/gu, ' ')

/** The source of a node with the edits applied. */
export const edited = (source: string, { start, end }: TreeNode, edits: readonly Edit[]): string => {
  let text = ''
  let at = start
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    text += source.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return text + source.slice(at, end)
}

/** The offset in the source of an offset in the edited text of a node. */
export const offsetBefore = ({ start }: TreeNode, edits: readonly Edit[], offset: number): number => {
  let grown = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    const at = edit.start - start + grown
    if (offset < at) break
    if (offset < at + edit.text.length) return edit.start
    grown += edit.text.length - (edit.end - edit.start)
  }
  return start + offset - grown
}
