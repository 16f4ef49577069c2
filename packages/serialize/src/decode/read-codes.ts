import { CodesMissing } from '../errors.js'
import { op } from '../ops.js'
import { nextText } from './read-leaf.js'
import { nextLength, type Reader } from './reader.js'

/** Finds the text of a code that is not in the message. */
export type FindCode = (id: string) => string | undefined

const found = (ids: readonly string[], find: FindCode | undefined): string[] => {
  const texts = ids.map((id) => find?.(id))
  const missing = ids.filter((_, index) => texts[index] === undefined)
  if (missing.length > 0) throw new CodesMissing(missing)
  return texts as string[]
}

/**
 * Reads the codes that a message begins with, if there are any.
 *
 * @throws `CodesMissing` with all ids that nothing is found for.
 */
export const readCodes = (reader: Reader, find: FindCode | undefined): readonly string[] => {
  const first = reader.tokens[0]
  if (first !== op.codes && first !== op.codeIds) return []
  reader.at = 1
  const texts: string[] = []
  for (let left = nextLength(reader); left > 0; left -= 1) texts.push(nextText(reader))
  return first === op.codes ? texts : found(texts, find)
}
