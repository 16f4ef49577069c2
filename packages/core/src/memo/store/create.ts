import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { BadCheckpoint } from '@parsl/interfaces'
import { type CheckpointFile, withFile } from './checkpoint-file.js'
import { disk, type Disk, syncFolder } from './disk.js'
import type { BodyParts, MemoEntry } from './entries.js'
import { fileWriter } from './file-writer.js'
import type { Place } from './index-table.js'
import { encodeEntry, encodeHeader, encodeRecord, FILE_NAME, KIND } from './layout.js'
import { readRecord } from './record-reader.js'
import { livenessOf, ownMark } from './writer-mark.js'
import { writerOf } from './writer-of.js'

/**
 * What a kept result survives. `process`: the end of the program, `kill -9` included; the system has the bytes when `append` resolves. `power`: also a
 * power failure or a crash of the system; the file was synced (`fdatasync`), and so were the folders that lead to it when it was made.
 */
export type Durability = 'process' | 'power'

/** Where in its file a record is. */
export type WrittenAt = Pick<Place, 'offset' | 'length'>

/** Writes the checkpoint of one run. */
export interface CheckpointWriter {
  readonly path: string
  /**
   * Keeps entries, all of them or none. Resolves when they are as safe as `durability` says; calls that come together are written together, and share a
   * sync. A value must not be changed before that.
   * @returns where each is
   * @throws BadCheckpoint `PARSL_CHECKPOINT` where they cannot be written. What comes later is tried again.
   */
  append(entries: readonly (MemoEntry | BodyParts)[]): Promise<readonly WrittenAt[]>
  /** Reads a value that was written; `undefined` where it was damaged since. @throws BadCheckpoint `PARSL_CHECKPOINT` where the file cannot be opened */
  read(place: WrittenAt, key: Uint8Array): Promise<Uint8Array | undefined>
  /** Resolves when everything is written, or cannot be. */
  close(): Promise<void>
}

export interface CreateOptions {
  readonly durability: Durability
  readonly runId: string
}

const TRIES = 5

/** The words for whoever has the file already. */
const whoHas = async (file: CheckpointFile): Promise<string> => {
  const mark = await writerOf(file)
  if (mark === undefined) return 'another process makes it now, or made it'
  const state = await livenessOf(mark)
  const verb = { alive: 'which writes it now', ended: 'which has ended', unknown: 'which may still write it' }[state]
  return `it was made by process ${mark.pid} on ${mark.host} (run ${mark.runId}), ${verb}`
}

const refuse = async (dir: string, cause: NodeJS.ErrnoException): Promise<never> => {
  const path = join(dir, FILE_NAME)
  if (cause.code !== 'EEXIST' || cause.syscall !== 'open')
    throw new BadCheckpoint(path, `it cannot be made: ${cause.message}`, { cause })
  const who = await withFile(dir, whoHas).catch(() => 'it is there already')
  throw new BadCheckpoint(path, `${who}. Each run writes a checkpoint of its own`, { cause })
}

/** Makes the file, which must not be there. Pruning may remove an empty folder in between. */
const make = async (dir: string): Promise<FileHandle> => {
  for (let tries = 1; ; tries++) {
    try {
      await mkdir(dir, { recursive: true })
      return await open(join(dir, FILE_NAME), 'ax')
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || tries === TRIES)
        return refuse(dir, cause as NodeJS.ErrnoException)
    }
  }
}

/** The folders whose names lead to a checkpoint: its own, that of its run, and that of all runs. */
const foldersOf = (dir: string): readonly string[] => [dir, dirname(dir), dirname(dirname(dir))]

const firstPieces = async (mark: number, runId: string): Promise<readonly Uint8Array[]> => {
  const writer = encodeRecord({ mark, kind: KIND.writer, meta: JSON.stringify(await ownMark(runId)) })
  return [encodeHeader(mark), ...writer]
}

/** One after the other. */
const placesOf = (records: readonly (readonly Uint8Array[])[], from: number): WrittenAt[] => {
  let offset = from
  return records.map((pieces) => {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    offset += length
    return { offset: offset - length, length }
  })
}

const messageOf = (cause: unknown): string => (cause as Error).message

/**
 * Makes the checkpoint of a run, `tasks.ckpt` in `dir`. It belongs to this writer alone: where the file is there already, whoever made it, this fails.
 * @throws BadCheckpoint `PARSL_CHECKPOINT`
 */
export const createCheckpoint = async (
  dir: string,
  { durability, runId }: CreateOptions,
  system: Disk = disk,
): Promise<CheckpointWriter> => {
  const folder = resolve(dir)
  const path = join(folder, FILE_NAME)
  const sync = durability === 'power'
  const mark = randomBytes(4).readUInt32LE()
  const first = await firstPieces(mark, runId)
  const file = await make(folder)
  const target = fileWriter({ file, disk: system, sync, size: 0 })
  try {
    await target.put(first)
    if (sync) for (const each of foldersOf(folder)) await syncFolder(each)
  } catch (cause) {
    await file.close()
    await rm(path)
    throw new BadCheckpoint(path, `it cannot be made: ${messageOf(cause)}`, { cause })
  }
  let closing: Promise<void> | undefined
  const end = async (): Promise<void> => {
    // It only tells others that this writer is done, which they find out without it too.
    await target.put(encodeRecord({ mark, kind: KIND.end })).catch(() => {})
    await target.idle()
    await file.close()
  }
  return {
    path,
    append: async (entries) => {
      if (closing) throw new BadCheckpoint(path, 'its writer is closed')
      if (entries.length === 0) return []
      const records = entries.map((entry) => encodeEntry(entry, mark))
      const offset = await target.put(records.flat()).catch((cause: unknown) => {
        throw new BadCheckpoint(path, `results cannot be written: ${messageOf(cause)}`, { cause })
      })
      return placesOf(records, offset)
    },
    read: (place, key) => withFile(folder, async (opened) => (await readRecord(opened, place, key))?.value),
    close: () => (closing ??= end()),
  }
}
