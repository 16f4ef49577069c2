import type { CheckpointFile } from './checkpoint-file.js'
import type { MemoEntry } from './entries.js'
import { KIND } from './layout.js'
import { keyOf, metaOf, parseEntry, readRecord } from './record-reader.js'
import { type Found, walk } from './walk.js'

/** Which entries to go through, and how. */
export interface ScanFilter {
  /** Only those of this app. */
  readonly app?: string
  /** Whether values are read as well. @defaultValue false */
  readonly values?: boolean
}

/** An entry that was come upon. */
export interface Scanned {
  /** With its value only where values were asked for. Without it, a long one may be damaged. */
  readonly entry: Omit<MemoEntry, 'value'> & { readonly value?: Uint8Array }
  readonly valueBytes: number
  /** The checkpoint directory that it is in. */
  readonly dir: string
}

const scanned = async (
  file: CheckpointFile,
  found: Found,
  { app, values = false }: ScanFilter,
): Promise<Omit<Scanned, 'dir'> | undefined> => {
  const meta = await metaOf(file, found)
  const entry = meta && parseEntry(meta)
  if (!entry || (app !== undefined && entry.app !== app)) return undefined
  const key = keyOf(found)
  const valueBytes = found.head.valueLength
  if (!values) return { entry: { key, ...entry }, valueBytes }
  const record = await readRecord(file, found, key)
  return record && { entry: { key, ...entry, value: record.value }, valueBytes }
}

/** The entries of one file, in its order. */
export async function* scanFile(file: CheckpointFile, filter: ScanFilter): AsyncGenerator<Omit<Scanned, 'dir'>> {
  if (file.mark === undefined) return
  for await (const batch of walk(file))
    for (const found of batch) {
      const entry = found.head.kind === KIND.entry ? await scanned(file, found, filter) : undefined
      if (entry) yield entry
    }
}
