import { zstdDecompressSync } from 'node:zlib'
import type { DataFile } from '@parsl/core'
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet'

/** Minutes of delay of the flights that left in each hour of the week, from Sunday at midnight on. */
export type Delays = readonly Int16Array[]

const hoursOfWeek = 7 * 24

/** How many rows a Parquet file has, and the numbers of its parts (row groups), which can be read each on its own. */
export const describeParquet = async ({ path }: DataFile) => {
  const { num_rows, row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(path))
  return { rows: Number(num_rows), parts: row_groups.map((_, part) => part) }
}

/** Reads one part. */
export const readDelays = async ({ path }: DataFile, part: number): Promise<Delays> => {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  const sizes = metadata.row_groups.map((group) => Number(group.num_rows))
  const rowStart = sizes.slice(0, part).reduce((sum, size) => sum + size, 0)
  const columns: Record<string, ArrayLike<unknown>> = {}
  await parquetRead({
    file,
    metadata,
    columns: ['date', 'delay'],
    rowStart,
    rowEnd: rowStart + (sizes[part] ?? 0),
    compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
    onChunk: ({ columnName, columnData }) => (columns[columnName] = columnData),
  })
  const { date, delay } = columns as { date: Date[]; delay: bigint[] }
  const delays = Array.from({ length: hoursOfWeek }, (): number[] => [])
  date.forEach((left, row) => delays[24 * left.getUTCDay() + left.getUTCHours()]?.push(Number(delay[row])))
  return delays.map((minutes) => Int16Array.from(minutes))
}

/** Joins what was read of all parts. */
export const joinDelays = (parts: readonly Delays[]): Delays =>
  Array.from({ length: hoursOfWeek }, (_, hour) => {
    const pieces = parts.map((part) => part[hour] ?? new Int16Array())
    const joined = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const piece of pieces) {
      joined.set(piece, at)
      at += piece.length
    }
    return joined
  })
