// Prints one part (row group) of a Parquet file of flights as CSV: weekday, hour, minutes of delay.
// node read-part.ts flights.parquet 3
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'

const [path = '', part = ''] = process.argv.slice(2)
const file = await asyncBufferFromFile(path)
const metadata = await parquetMetadataAsync(file)
const sizes = metadata.row_groups.map((group) => Number(group.num_rows))
const rowStart = sizes.slice(0, Number(part)).reduce((sum, size) => sum + size, 0)
const rows = await parquetReadObjects({
  file,
  metadata,
  columns: ['date', 'delay'],
  rowStart,
  rowEnd: rowStart + (sizes[Number(part)] ?? 0),
  compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
})
process.stdout.write(rows.map(({ date, delay }) => `${date.getUTCDay()},${date.getUTCHours()},${delay}\n`).join(''))
