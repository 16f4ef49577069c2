import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Output of one try of a task. */
export interface StreamFile {
  readonly stream: 'stdout' | 'stderr'
  readonly path: string
  /** `undefined` where the file is not there. */
  readonly bytes: number | undefined
}

const TASKS_PER_FOLDER = 10_000
const AUTOMATIC = /(?:\.try(\d+))?\.(stdout|stderr)$/

/** Output files below the run directory by the number of their try, as the kernel names them where it is told `'auto'`. */
const automatic = async (runDir: string, task: number): Promise<readonly (readonly [number, StreamPlace])[]> => {
  const folder = join(runDir, 'task_logs', String(Math.floor(task / TASKS_PER_FOLDER)).padStart(4, '0'))
  const names = await readdir(folder).catch(() => [])
  const start = `task_${String(task).padStart(4, '0')}_`
  return names
    .filter((name) => name.startsWith(start))
    .toSorted()
    .flatMap((name) => {
      const [, attempt = '0', stream] = AUTOMATIC.exec(name) ?? []
      return stream === undefined
        ? []
        : [[Number(attempt), { stream: stream as 'stdout' | 'stderr', path: join(folder, name) }] as const]
    })
}

export type StreamPlace = Pick<StreamFile, 'stream' | 'path'>

const measured = async (place: StreamPlace): Promise<StreamFile> => {
  const found = await stat(place.path).catch(() => undefined)
  return { ...place, bytes: found?.isFile() ? found.size : undefined }
}

const rank = ({ stream }: StreamPlace): number => (stream === 'stdout' ? 0 : 1)

/** Where the output of each try is: what the log names, and what lies below the run directory. */
export const streamsOf = async (
  runDir: string,
  task: number,
  logged: ReadonlyMap<number, readonly StreamPlace[]>,
): Promise<ReadonlyMap<number, readonly StreamFile[]>> => {
  const places = new Map<number, Map<string, StreamPlace>>()
  const add = (attempt: number, place: StreamPlace): void => {
    const known = places.get(attempt) ?? new Map<string, StreamPlace>()
    places.set(attempt, known.set(place.path, place))
  }
  for (const [attempt, found] of logged) for (const place of found) add(attempt, place)
  for (const [attempt, place] of await automatic(runDir, task)) add(attempt, place)
  const all = [...places].map(async ([attempt, known]) => {
    const files = await Promise.all([...known.values()].toSorted((a, b) => rank(a) - rank(b)).map(measured))
    return [attempt, files] as const
  })
  return new Map((await Promise.all(all)).toSorted(([a], [b]) => a - b))
}
