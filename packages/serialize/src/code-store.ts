import { DeserializationError } from '@parsl/interfaces'
import { createHash } from 'node:crypto'

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
  const texts = new Map<string, string>()
  let bytes = 0
  const drop = (id: string): void => {
    bytes -= texts.get(id)?.length ?? 0
    texts.delete(id)
  }
  return {
    get: (id) => {
      const text = texts.get(id)
      if (text === undefined) return undefined
      texts.delete(id)
      texts.set(id, text)
      return text
    },
    add: (id, text) => {
      if (codeIdOf(text) !== id) throw new DeserializationError(`the text of code ${id} is not the one that was sent`)
      drop(id)
      texts.set(id, text)
      bytes += text.length
      for (const old of texts.keys()) {
        if (bytes <= maxBytes || old === id) break
        drop(old)
      }
    },
  }
}
