import type { CheckpointFile } from './checkpoint-file.js'
import { HEAD_BYTES, KIND, lengthOf, readHead } from './layout.js'
import { metaOf } from './record-reader.js'
import { fill, walk, WINDOW_BYTES } from './walk.js'
import { livenessOf, type Liveness, parseMark, type WriterMark } from './writer-mark.js'

/** Who writes a file, as its first record says. */
export const writerOf = async (file: CheckpointFile): Promise<WriterMark | undefined> => {
  const size = Math.min(file.size, WINDOW_BYTES)
  for await (const batch of walk({ ...file, size })) {
    const found = batch.find(({ head }) => head.kind === KIND.writer)
    const meta = found && (await metaOf(file, found))
    if (meta) return parseMark(meta.toString())
  }
  return undefined
}

/** Whether the last record says that nothing will follow. */
const isClosed = async ({ source, size, mark }: CheckpointFile): Promise<boolean> => {
  const length = lengthOf({ metaLength: 0, valueLength: 0 })
  const bytes = await fill(source, Buffer.alloc(length), Math.max(0, size - length))
  return mark !== undefined && bytes.length >= HEAD_BYTES && readHead(bytes, 0, mark)?.kind === KIND.end
}

/** Whether anybody may still write to a file. */
export const stateOf = async (file: CheckpointFile): Promise<Liveness> => {
  if (await isClosed(file)) return 'ended'
  const writer = await writerOf(file)
  return writer ? livenessOf(writer) : 'unknown'
}
