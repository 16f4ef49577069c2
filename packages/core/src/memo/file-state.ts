import { createHash, hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readlink, stat } from 'node:fs/promises'
import type { BigIntStats } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** By what a file is known again: what is in it, or its size and the time it was written. */
export type FileRule = 'content' | 'sizeAndTime'

/** Files that are read at once. */
const AT_ONCE = 8

/** A file that was written so recently may be written again without its time showing it. */
const SETTLED_MS = 2_000

/** A copy has the time of its original, but for what fits into no double. */
const COPIED_NS = 1_000_000

const KEPT = 100_000

/** Lets so many through at once. */
const newGate = (limit: number) => {
  let free = limit
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

const stampOf = ({ size, mtimeNs }: BigIntStats): string => `${size}:${mtimeNs}`

/** Who writes a file can put its time back, but not the time of that. */
const fullStampOf = (found: BigIntStats): string => `${stampOf(found)}:${found.ctimeNs}`

const contentOf = async (path: string): Promise<string> => {
  const sum = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 18 }), sum)
  return sum.digest('base64url')
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false

/** Tells in what state files are: equal states mean equal files. */
export interface FileStates {
  /** `absent` where nothing is there. @throws what the file system throws for what cannot be read */
  of(path: string): Promise<string>
  /** Whether the file is in this state. Does not read it where size and time are as they were. */
  isStill(path: string, state: string): Promise<boolean>
}

/** A state: size and time, and what is in it where that is the rule. */
const written = (stamp: string, content: string | undefined): string =>
  content === undefined ? `file ${stamp}` : `file ${stamp} ${content}`

/** What of a state counts in a key: under the rule of contents, not when the file was written. */
export const meaningOfState = (state: string): string => {
  const [kind, stamp, content] = state.split(' ')
  return content === undefined ? state : `${kind} ${stamp?.split(':')[0]} ${content}`
}

/** Reads files, each once as long as it stays as it is. */
const newContents = (gate: ReturnType<typeof newGate>, now: () => number) => {
  const contents = new Map<string, string>()
  return async (path: string, found: BigIntStats): Promise<string> => {
    const key = `${found.dev}:${found.ino}:${fullStampOf(found)}`
    const known = contents.get(key)
    if (known !== undefined) return known
    const content = await gate(() => contentOf(path))
    if (now() - Number(found.mtimeMs) > SETTLED_MS) {
      if (contents.size >= KEPT) contents.clear()
      contents.set(key, content)
    }
    return content
  }
}

export const newFileStates = (rule: FileRule, now: () => number): FileStates => {
  const gate = newGate(AT_ONCE)
  const contentOnce = newContents(gate, now)

  /** A link to a folder may lead round in a circle: it counts as what it says. */
  const within = async (path: string, isLink: boolean): Promise<string> =>
    isLink && (await isFolder(path)) ? `link ${await readlink(path)}` : meaningOfState(await of(path))

  const ofFolder = async (path: string): Promise<string> => {
    const found = await gate(() => readdir(path, { withFileTypes: true }))
    const names = found.sort((a, b) => (a.name < b.name ? -1 : 1))
    const states = await Promise.all(
      names.map(async (entry) => [entry.name, await within(join(path, entry.name), entry.isSymbolicLink())]),
    )
    return `directory ${names.length} ${hash('sha256', JSON.stringify(states), 'base64url')}`
  }

  const of = async (path: string): Promise<string> => {
    try {
      const found = await gate(() => stat(path, { bigint: true }))
      if (found.isDirectory()) return await ofFolder(path)
      if (rule === 'sizeAndTime') return written(stampOf(found), undefined)
      return written(fullStampOf(found), await contentOnce(path, found))
    } catch (error) {
      if (isAbsent(error)) return 'absent'
      throw error
    }
  }

  const isUntouched = async (path: string, state: string): Promise<boolean> => {
    try {
      const found = await gate(() => stat(path, { bigint: true }))
      const stamp = state.split(' ')[1] ?? ''
      if (found.isDirectory()) return false
      if (rule === 'content') return fullStampOf(found) === stamp
      const [size = '', time = ''] = stamp.split(':')
      return String(found.size) === size && Math.abs(Number(found.mtimeNs - BigInt(time))) <= COPIED_NS
    } catch {
      return false
    }
  }

  return {
    of,
    isStill: async (path, state) => {
      if (await isUntouched(path, state)) return true
      return rule === 'content' || state.startsWith('directory')
        ? meaningOfState(await of(path)) === meaningOfState(state)
        : false
    },
  }
}
