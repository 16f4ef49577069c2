import type { CheckpointFile } from './checkpoint-file.js'
import type { MemoEntry } from './entries.js'
import type { Index } from './index-table.js'
import { KIND, keyOfBody } from './layout.js'
import { keyOf, metaOf, parseEntry } from './record-reader.js'
import { type Found, walk } from './walk.js'

/** What to drop beside what was superseded. */
export interface Condition {
  /** Milliseconds since the epoch. */
  readonly before: number | undefined
  readonly app: string | undefined
  /** Files with a lower number belong to runs that are to be dropped. */
  readonly fromFile: number | undefined
}

/** What to keep of a file. */
export interface FilePlan {
  readonly kept: number
  readonly dropped: number
  /** Bytes to keep, in order: where they begin and end. */
  readonly ranges: readonly (readonly [from: number, to: number])[]
}

type Facts = Pick<MemoEntry, 'app' | 'at'>

/** Whether an entry is to go, though nothing has superseded it. */
const isUnwanted = ({ app, at }: Facts, file: number, condition: Condition): boolean => {
  const { before, app: unwanted, fromFile } = condition
  if (before === undefined && unwanted === undefined && fromFile === undefined) return false
  return (
    (before === undefined || at < before) &&
    (unwanted === undefined || app === unwanted) &&
    (fromFile === undefined || file < fromFile)
  )
}

/** Neighbours become one. */
const joined = (records: readonly { readonly offset: number; readonly length: number }[]): FilePlan['ranges'] => {
  const ranges: [number, number][] = []
  for (const { offset, length } of records.toSorted((a, b) => a.offset - b.offset)) {
    const last = ranges.at(-1)
    if (last?.[1] === offset) last[1] = offset + length
    else ranges.push([offset, offset + length])
  }
  return ranges
}

const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex')

interface Rule {
  /** The number of the file. */
  readonly number: number
  readonly newest: Index
  readonly condition: Condition
}

/** What is known of an entry that stays; `undefined` where it goes. */
const keeps = async (file: CheckpointFile, found: Found, { number, newest, condition }: Rule) => {
  const [place] = newest.places(keyOf(found))
  if (place?.file !== number || place.offset !== found.offset) return undefined
  const meta = await metaOf(file, found)
  const entry = meta && parseEntry(meta)
  return entry && !isUnwanted(entry, number, condition) ? entry : undefined
}

/** Decides what to keep of a file: the newest entries that are wanted, and the parts of their functions. */
export const planFile = async (file: CheckpointFile, rule: Rule): Promise<FilePlan> => {
  const records: { offset: number; length: number }[] = []
  const bodies = new Map<string, { offset: number; length: number }>()
  const used = new Set<string>()
  let kept = 0
  let dropped = 0
  const take = async (found: Found): Promise<void> => {
    const { head, offset, length } = found
    if (head.kind === KIND.body) bodies.set(hex(keyOf(found)), { offset, length })
    if (head.kind !== KIND.entry) return
    const entry = await keeps(file, found, rule)
    if (!entry) return void dropped++
    kept++
    records.push({ offset, length })
    used.add(entry.body)
  }
  if (file.mark !== undefined)
    for await (const batch of walk({ ...file, checkAll: true })) for (const found of batch) await take(found)
  for (const body of used) {
    const record = bodies.get(hex(keyOfBody(body)))
    if (record) records.push(record)
  }
  return { kept, dropped, ranges: joined(records) }
}
