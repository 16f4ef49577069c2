/** What can be gone through. */
export type Source = Iterable<unknown> | AsyncIterable<unknown>

const has = (value: unknown, key: symbol): boolean =>
  (typeof value === 'string' || (typeof value === 'object' && value !== null) || typeof value === 'function') &&
  typeof (value as Record<symbol, unknown>)[key] === 'function'

const isAsync = (source: Source): source is AsyncIterable<unknown> => has(source, Symbol.asyncIterator)

/** Whether a value can be gone through. */
export const isSource = (value: unknown): value is Source =>
  has(value, Symbol.iterator) || has(value, Symbol.asyncIterator)

/** Whether none of the sources makes us wait. */
export const areAtHand = (sources: readonly Source[]): sources is readonly Iterable<unknown>[] => !sources.some(isAsync)

/** How far a source was gone through. */
interface Cursor<Steps> {
  readonly steps: Steps
  /** Whether leaving off here is to be told to it. */
  isOpen: boolean
}

const atStart = <Steps>(steps: Steps): Cursor<Steps> => ({ steps, isOpen: true })

/** One item of each, or nothing where there is no more. What has ended, or failed, is not open. */
const rowOf = (cursors: readonly Cursor<Iterator<unknown>>[]): unknown[] | undefined => {
  const row: unknown[] = []
  for (const cursor of cursors) {
    cursor.isOpen = false
    const { done, value } = cursor.steps.next()
    if (done === true) return undefined
    cursor.isOpen = true
    row.push(value)
  }
  return row
}

/** One item of each source at a time, until the shortest has ended; the others are then closed. */
export function* zip(sources: readonly Iterable<unknown>[]): Generator<unknown[], void, undefined> {
  const cursors = sources.map((source) => atStart(source[Symbol.iterator]()))
  try {
    for (let row = rowOf(cursors); row; row = rowOf(cursors)) yield row
  } finally {
    for (const { steps, isOpen } of cursors) if (isOpen) steps.return?.()
  }
}

type AnyCursor = Cursor<AsyncIterator<unknown>> | Cursor<Iterator<unknown>>

const isWaiting = (cursor: AnyCursor, source: Source): cursor is Cursor<AsyncIterator<unknown>> => isAsync(source)

/** `rowOf` where some of the sources make us wait. (Not `for await`: it would await items that are futures.) */
const rowFrom = async (
  cursors: readonly AnyCursor[],
  sources: readonly Source[],
): Promise<{ readonly row: unknown[] } | undefined> => {
  const row: unknown[] = []
  for (const [index, cursor] of cursors.entries()) {
    cursor.isOpen = false
    const { done, value } = isWaiting(cursor, sources[index] as Source)
      ? await cursor.steps.next()
      : cursor.steps.next()
    if (done === true) return undefined
    cursor.isOpen = true
    row.push(value)
  }
  return { row }
}

/** `zip` where some of the sources make us wait. */
export async function* zipAsync(sources: readonly Source[]): AsyncGenerator<unknown[], void, undefined> {
  const cursors = sources.map((source): AnyCursor =>
    isAsync(source) ? atStart(source[Symbol.asyncIterator]()) : atStart(source[Symbol.iterator]()),
  )
  try {
    for (let next = await rowFrom(cursors, sources); next; next = await rowFrom(cursors, sources)) yield next.row
  } finally {
    for (const { steps, isOpen } of cursors) if (isOpen) await steps.return?.()
  }
}
