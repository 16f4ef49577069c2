/** Runs a graph on a real kernel: one app call a task, futures as dependencies, bodies that wait as long as the task took. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { type App, type AppFuture, dataFlowKernel } from '@parsl/core'
import { executors, type ExecutorName } from './executors.ts'
import type { ListedTask } from './list-schedule.ts'
import type { Ran } from './overheads.ts'
import { ReplayError } from './replay-error.ts'

/** How a replay went: times from the first submission on, tasks in the order of the graph. */
export interface Replayed {
  readonly makespanMs: number
  readonly ran: readonly Ran[]
}

type WaitApp = App<[ms: number, parents: readonly Ran[]], Ran>

/** By the clock that all processes of the machine share. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6

/** Waits at least so long without computing, and less than a millisecond longer if the machine lets it. */
const wait = async (ms: number, _parents: readonly Ran[]): Promise<Ran> => {
  const startMs = now()
  for (let left = ms; left > 0; left = startMs + ms - now())
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(left)))
  return { startMs, endMs: now(), worker: `${process.pid}/${threadId}` }
}

const WARM_UP_MS = 20
const WARM_UP_ROUNDS = 500

/** Has each worker started, and the body known there, before the clock starts. */
const warmUp = async (app: WaitApp, workers: number): Promise<void> => {
  const seen = new Set<string>()
  for (let round = 0; round < WARM_UP_ROUNDS && seen.size < workers; round++) {
    const calls = Array.from({ length: workers }, () => app(WARM_UP_MS, []))
    for (const { worker } of await Promise.all(calls)) seen.add(worker)
  }
  if (seen.size < workers)
    throw new ReplayError(
      `only ${seen.size} of ${workers} workers have run anything: are there too many for this machine?`,
    )
}

const submitAll = (app: WaitApp, tasks: readonly ListedTask[]): Promise<Ran[]> => {
  const futures: AppFuture<Ran>[] = []
  for (const { ms, parents, priority } of tasks) {
    const call = priority === undefined ? app : app.with({ priority })
    futures.push(call(ms, parents.map((parent) => futures[parent]) as never))
  }
  return Promise.all(futures)
}

/** Replays once on workers that are warm. */
export const replay = async (
  tasks: readonly ListedTask[],
  { slots, executor }: { readonly slots: number; readonly executor: ExecutorName },
): Promise<Replayed> => {
  const { make, hasWorkers } = executors[executor]
  const runDir = await mkdtemp(join(tmpdir(), 'parsl-bench-'))
  const parsl = await dataFlowKernel({ executors: [make(slots)], runDir, progress: false })
  try {
    const app: WaitApp = parsl.jsApp(wait)
    await warmUp(app, hasWorkers ? slots : 1)
    const from = now()
    const ran = await submitAll(app, tasks)
    const makespanMs = now() - from
    return {
      makespanMs,
      ran: ran.map(({ startMs, endMs, worker }) => ({ startMs: startMs - from, endMs: endMs - from, worker })),
    }
  } finally {
    await parsl.close()
    await rm(runDir, { recursive: true, force: true })
  }
}
