import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { KeptOutput, MemoEntry } from '../../../src/memo/store/entries.js'
import { createCheckpoint } from '../../../src/memo/store/create.js'

const OUTPUT: KeptOutput = { path: '/data/out', kind: 'file', state: '12 bytes', copy: '/copies/1' }

/** The key with a number. */
export const keyOf = (number: number): Uint8Array => Uint8Array.from(createHash('sha256').update(`${number}`).digest())

/** An entry with the key of a number, and whatever is said of it. */
export const entryOf = (number: number, changes: Partial<MemoEntry> = {}): MemoEntry => ({
  key: keyOf(number),
  app: 'align',
  taskId: number,
  runId: 'run',
  at: 1_700_000_000_000 + number,
  body: 'body of align',
  parts: [
    { label: 'argument 1', digest: 'ab12', shown: String(number) },
    { label: 'Größe \ud800', digest: '' },
  ],
  outputs: [OUTPUT],
  value: Uint8Array.of(1, 2, 3, number),
  ...changes,
})

/** Makes the checkpoint of a run below `base`, with entries in it, and says where. */
export const checkpointOf = async (base: string, run: number, entries: readonly MemoEntry[]): Promise<string> => {
  const dir = join(base, String(run).padStart(3, '0'), 'checkpoint')
  const writer = await createCheckpoint(dir, { durability: 'process', runId: `run ${run}` })
  await writer.append(entries)
  await writer.close()
  return dir
}
