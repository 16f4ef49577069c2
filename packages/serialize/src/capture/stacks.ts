import type { Script } from './inspector.js'
import { createMapPlace } from './source-maps.js'

const frame = /^(?<start>\s+at (?:async )?(?:.+? \()?)(?<url>\S.*):(?<line>\d+):(?<column>\d+)(?<end>\)?)$/u

/** Rewrites stacks that came from elsewhere; `captured` knows the scripts that functions were captured from. */
export const createStackMapper = (captured: (url: string) => Script | undefined) => {
  const map = createMapPlace()

  const mapped = (text: string): { readonly text: string; readonly isUsers: boolean } => {
    const { start = '', url = '', line, column, end = '' } = frame.exec(text)?.groups ?? {}
    const script = captured(url)
    if (script === undefined) return { text, isUsers: false }
    const place = { url, line: Number(line), column: Number(column) }
    const found = map(place, script) ?? place
    return { text: `${start}${found.url}:${found.line}:${found.column}${end}`, isUsers: true }
  }

  return (stack: string): string => {
    const lines = stack.split('\n').map(mapped)
    const last = lines.findLastIndex(({ isUsers }) => isUsers)
    return (last < 0 ? lines : lines.slice(0, last + 1)).map(({ text }) => text).join('\n')
  }
}
