import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type SeenProcess, scratch } from '@parsl/testing'
import { guardiansOf, markedBy, nothingLeft } from './processes.js'

/** How a program ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program that was started in a folder of its own. */
export interface RunningProgram extends AsyncDisposable {
  readonly child: ChildProcess
  readonly folder: string
  /** What it wrote to standard output so far. */
  readonly lines: readonly string[]
  readonly errorText: () => string
  /** Of its kernel, once that has started. */
  readonly runId: Promise<string>
  readonly ended: Promise<Ended>
  /** Processes of its run now, its guardian included. */
  left(): readonly SeenProcess[]
  /** Waits until no process of its run is left, its guardian included. */
  nothingLeft(): Promise<void>
}

/** Most of the time of a short program is loading its code. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/programs')
const GUARD_MS = 50_000

/** Ends a process that may have ended meanwhile. */
const end = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    return
  }
}

/** A promise with a guard: past it, the state of the program is told. */
const guarded = async <T>(promise: Promise<T>, story: () => string): Promise<T> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(story())), GUARD_MS)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Starts one of the programs in this folder. */
export const startProgram = (
  name: 'busy' | 'steady' | 'first-spawn' | 'idle',
  options: object = {},
): Promise<RunningProgram> => startProgramAt(join(import.meta.dirname, `${name}.ts`), options)

/** Starts a program that says `run <id>` once its kernel has started. */
export const startProgramAt = async (path: string, options: object = {}): Promise<RunningProgram> => {
  const name = basename(path, '.ts')
  const place = await scratch()
  const { path: folder } = place
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, JSON.stringify(options)], {
    cwd: folder,
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const errors: string[] = []
  const story = (): string =>
    [
      `${name} (process ${child.pid}) did not go on`,
      ...lines.slice(-20),
      ...errors,
      ...(known ? left() : []).map(({ command }) => command),
    ].join('\n')
  let known: string | undefined
  const runId = Promise.withResolvers<string>()
  runId.promise.catch(() => {})
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    if (!line.startsWith('run ')) return
    known = line.slice('run '.length)
    runId.resolve(known)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => void errors.push(text))
  const ended = once(child, 'close').then(([code, signal]) => {
    runId.reject(new Error(`${name} ended before its kernel had started\n${errors.join('')}`))
    return { code, signal } as Ended
  })
  const left = (): readonly SeenProcess[] => (known === undefined ? [] : [...markedBy(known), ...guardiansOf(known)])
  const dispose = async (): Promise<void> => {
    child.kill('SIGKILL')
    for (const { pid } of left()) end(pid)
    await place[Symbol.asyncDispose]()
  }
  return {
    child,
    folder,
    lines,
    errorText: () => errors.join(''),
    runId: guarded(runId.promise, story),
    ended: guarded(ended, story),
    left,
    nothingLeft: () => nothingLeft(`${name}, run ${known},`, left),
    [Symbol.asyncDispose]: dispose,
  }
}

/** Numbers from 0 up to 1 that follow from a seed. */
const generator = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const SEED = Number(process.env['PARSL_TEST_SEED'] ?? 1)
const AT_ONCE = 6

/** Draws a number of milliseconds. */
export type Draw = (upTo: number) => number

/** Does something many times, some of it at once, each with random numbers of its own; a failure names its seed. */
export const repeatedly = async (times: number, once: (draw: Draw) => Promise<void>): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < times) {
      const round = next++
      const random = generator(SEED * 1_000 + round)
      try {
        await once((upTo) => random() * upTo)
      } catch (error) {
        throw new Error(`round ${round} of PARSL_TEST_SEED=${SEED}: ${(error as Error).message}`, { cause: error })
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, times) }, worker))
}
