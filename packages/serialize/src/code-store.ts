import { DeserializationError } from '@parsl/interfaces'
import { createHash } from 'node:crypto'
import { createByteCache } from './byte-cache.js'

/** What a code is called where its text is not. */
export const codeIdOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 27)

/** Texts of codes by their ids. */
export interface CodeStore {
  get(id: string): string | undefined
  /** @throws a `DeserializationError` if the text has another id. */
  add(id: string, text: string): void
}

/** Keeps texts of codes up to so many bytes, and forgets those first that were not asked for the longest. */
export const createCodeStore = (maxBytes: number): CodeStore => {
  const texts = createByteCache<string>(maxBytes, (text) => text.length)
  return {
    get: texts.get,
    add: (id, text) => {
      if (codeIdOf(text) !== id) throw new DeserializationError(`the text of code ${id} is not the one that was sent`)
      texts.set(id, text)
    },
  }
}
