import { offsetBefore } from './edits.js'
import { lineStartsOf, positionOf } from './module-tree.js'
import type { Plan } from './plan.js'
import { createMapPlace, type Place } from './source-maps.js'

const frame = /^(?<start>\s+at (?:async )?(?:.+? \()?)(?<url>\S.*):(?<line>\d+):(?<column>\d+)(?<end>\)?)$/u

/** The offset of a place in the text of a function, which stands where it does in the user's file. */
const offsetIn = ({ text, line, column }: Plan, place: Place): number | undefined => {
  const starts = lineStartsOf(text)
  const index = place.line - 1 - line
  const start = starts[index]
  if (start === undefined) return undefined
  const offset = start + place.column - 1 - (index === 0 ? column : 0)
  return offset >= start && offset < (starts[index + 1] ?? text.length) ? offset : undefined
}

/** The place in the script, without what was put into the text before it; of the innermost function that was captured. */
const unedited = (plans: readonly Plan[], place: Place): Place => {
  const found = plans
    .map((plan) => ({ plan, offset: offsetIn(plan, place) }))
    .filter(({ offset }) => offset !== undefined)
    .toSorted((a, b) => a.plan.text.length - b.plan.text.length)[0]
  if (found?.offset === undefined) return place
  const { tree, node, edits } = found.plan
  const { line, column } = positionOf(tree, offsetBefore(node, edits, found.offset))
  return { url: place.url, line: line + 1, column: column + 1 }
}

/** Rewrites stacks that came from elsewhere; `captured` gives all that was captured. */
export const createStackMapper = (captured: () => Iterable<Plan>) => {
  const map = createMapPlace()

  const mapped = (text: string): { readonly text: string; readonly isUsers: boolean } => {
    const { start = '', url = '', line, column, end = '' } = frame.exec(text)?.groups ?? {}
    const plans = [...captured()].filter(({ tree }) => tree.script.url === url)
    // A file may have been loaded again.
    const last = plans.at(-1)
    if (url === '' || last === undefined) return { text, isUsers: false }
    const place = unedited(plans, { url, line: Number(line), column: Number(column) })
    const found = map(place, last.tree.script) ?? place
    return { text: `${start}${found.url}:${found.line}:${found.column}${end}`, isUsers: true }
  }

  return (stack: string): string => {
    const lines = stack.split('\n').map(mapped)
    const last = lines.findLastIndex(({ isUsers }) => isUsers)
    return (last < 0 ? lines : lines.slice(0, last + 1)).map(({ text }) => text).join('\n')
  }
}
