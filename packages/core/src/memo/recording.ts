import { join } from 'node:path'
import type { Clock, Logger } from '@parsl/interfaces'
import type { Anatomy } from '@parsl/serialize'
import { type CheckpointWriter, createCheckpoint, type Durability, type WrittenAt } from './store/create.js'
import type { BodyParts, MemoEntry } from './store/entries.js'

/** When results are written to the checkpoint. */
export type CheckpointMode = 'taskExit' | 'periodic' | 'dfkExit' | 'manual'

export interface RecordingOptions {
  readonly mode: CheckpointMode
  readonly periodMs: number | undefined
  readonly durability: Durability
  readonly runDir: string
  readonly runId: string
  readonly clock: Clock
  readonly log: Logger
}

/** The checkpoint that a run writes. */
export interface Recording {
  /** Takes an entry, and tells where it is once it is written. In mode `taskExit` it is when this resolves. */
  add(entry: MemoEntry, anatomy: Anatomy | undefined, written?: (place: WrittenAt) => void): Promise<void>
  /** The value of an entry that was written. */
  read(place: WrittenAt, key: Uint8Array): Promise<Uint8Array | undefined>
  /** Writes what waits; tells how many entries that were. */
  flush(): Promise<number>
  close(): Promise<void>
}

interface Waiting {
  readonly entry: MemoEntry
  readonly anatomy: Anatomy | undefined
  readonly tell: ((place: WrittenAt) => void) | undefined
}

/** Ticks until it is called off; a tick that fails is logged, and the next one tries again. */
const everyPeriod = ({ clock, periodMs, log }: RecordingOptions, tick: () => Promise<unknown>): (() => void) => {
  if (periodMs === undefined) return () => {}
  let callOff = (): void => {}
  const next = (): void => {
    callOff = clock.after(periodMs, () => {
      next()
      tick().catch((error: unknown) => log.error({ err: error }, 'the checkpoint could not be written'))
    })
  }
  next()
  return () => callOff()
}

/** Writes entries, each after the parts of its body. The file is made with the first of them. */
const newFile = ({ runDir, runId, durability }: RecordingOptions) => {
  const bodiesWritten = new Set<string>()
  let writer: Promise<CheckpointWriter> | undefined
  let written = 0

  const open = (): Promise<CheckpointWriter> => {
    writer ??= createCheckpoint(join(runDir, 'checkpoint'), { durability, runId })
    // What could not be made is tried again with the next result.
    writer.catch(() => (writer = undefined))
    return writer
  }
  const newBodies = (some: readonly Waiting[]): BodyParts[] => {
    const found = new Map(some.map(({ entry, anatomy }) => [entry.body, anatomy?.parts]))
    return [...found].flatMap(([body, parts]) => (parts && !bodiesWritten.has(body) ? [{ body, parts }] : []))
  }
  return {
    written: () => written,
    write: async (some: readonly Waiting[]): Promise<void> => {
      const bodies = newBodies(some)
      const to = await open()
      const places = await to.append([...bodies, ...some.map(({ entry }) => entry)])
      for (const { body } of bodies) bodiesWritten.add(body)
      written += some.length
      for (const [index, { tell }] of some.entries()) tell?.(places[bodies.length + index] as WrittenAt)
    },
    read: async (place: WrittenAt, key: Uint8Array) => (await open()).read(place, key),
    close: async (): Promise<void> => {
      if (writer) await (await writer).close()
    },
  }
}

export const newRecording = (options: RecordingOptions): Recording => {
  const { mode, log } = options
  const file = newFile(options)
  let waiting: Waiting[] = []

  const flush = async (): Promise<number> => {
    const some = waiting
    waiting = []
    if (some.length === 0) return 0
    try {
      await file.write(some)
      return some.length
    } catch (error) {
      // They wait on, in their order, for the next time.
      waiting = [...some, ...waiting]
      throw error
    }
  }

  const callOff = everyPeriod(options, flush)
  return {
    add: async (entry, anatomy, tell) => {
      if (mode === 'taskExit') await file.write([{ entry, anatomy, tell }])
      else waiting.push({ entry, anatomy, tell })
    },
    read: file.read,
    flush,
    close: async () => {
      callOff()
      try {
        await flush()
      } finally {
        await file.close()
      }
      if (file.written() === 0) log.warn({ mode }, 'nothing was written to a checkpoint: no app with cache ended well')
    },
  }
}
