import { readFile } from 'node:fs/promises'
import type { DataFile } from '@parsl/core'
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet'

/** Flights that left in one hour of one weekday. */
export interface Slot {
  /** 0 is Sunday. */
  readonly weekday: number
  readonly hour: number
  readonly flights: number
  /** Of these, those that arrived 15 minutes late or more. */
  readonly late: number
}

/** How many rows a Parquet file has, and the numbers of its parts (row groups), which can be read each on its own. */
export const describeParquet = async (parquet: DataFile) => {
  const { num_rows, row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(parquet.path))
  return { rows: Number(num_rows), parts: row_groups.map((_, part) => part) }
}

/** Joins the counts of all parts: lines of weekday, hour, flights, late flights. */
export const addUp = async (counts: readonly DataFile[]): Promise<Slot[]> => {
  const slots = new Map<string, Slot>()
  for (const { path } of counts) {
    for (const line of (await readFile(path, 'utf8')).trim().split('\n')) {
      const [weekday = 0, hour = 0, flights = 0, late = 0] = line.split(',').map(Number)
      const sum = slots.get(`${weekday},${hour}`)
      slots.set(`${weekday},${hour}`, {
        weekday,
        hour,
        flights: flights + (sum?.flights ?? 0),
        late: late + (sum?.late ?? 0),
      })
    }
  }
  return [...slots.values()].sort((a, b) => a.weekday - b.weekday || a.hour - b.hour)
}
