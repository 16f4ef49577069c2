import { mkdir } from 'node:fs/promises'
import {
  type Executor,
  type ExecutorCapabilities,
  type Logger,
  type RunningExecutor,
  systemClock,
  type TaskSpec,
  type TaskTry,
} from '@parsl/interfaces'
import { expect, onTestFinished } from 'vitest'
import { type Scratch, scratch } from '../scratch.js'
import { type End, type Heard, newHeard } from './heard.js'
import { newGuardian, watchLeftovers } from './leftovers.js'

/** What a test may want otherwise of a try. */
type TryOptions = Partial<Omit<TaskTry, 'spec'>> & { readonly spec?: Partial<TaskSpec> }

/** A started executor, and the test's end of its contract. */
export interface Started {
  readonly running: RunningExecutor
  readonly heard: Heard
  submit(body: (...args: never[]) => unknown, args?: readonly unknown[], options?: TryOptions): TaskTry
  endOf(attempt: TaskTry): Promise<End>
  /** What a body comes to. */
  run(body: (...args: never[]) => unknown, args?: readonly unknown[], options?: TryOptions): Promise<End>
  /** Stops what has not ended, closes, and checks that the contract was kept and nothing is left. */
  end(): Promise<void>
}

/** What one conformance test works with: an executor that is started, and how to start it again. */
export interface Rig extends Started {
  readonly executor: Executor
  readonly capabilities: ExecutorCapabilities
  readonly folder: Scratch
  /** Starts the executor once more, for another kernel. */
  startAgain(): Promise<Started>
}

export const KILL_GRACE_MS = 500
const quiet = (): void => {}
const LOG: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet }

let nextId = 0

/** A try as a kernel would make it. */
const newTry = (
  body: (...args: never[]) => unknown,
  args: readonly unknown[],
  { spec = {}, ...rest }: TryOptions = {},
): TaskTry => ({
  taskId: nextId++,
  attempt: 0,
  spec: {
    app: 'conformance',
    kind: 'js',
    body,
    resources: {},
    priority: undefined,
    walltimeMs: undefined,
    env: {},
    ...spec,
  },
  args,
  inputs: [],
  outputs: [],
  stdout: 'ignore',
  stderr: 'ignore',
  ...rest,
})

/** Tries that were submitted and not closed over by the test itself. */
const stopAll = async ({ running, heard }: Pick<Started, 'running' | 'heard'>, tries: readonly TaskTry[]) => {
  for (const attempt of tries) running.stop(attempt, 'the test is over')
  await Promise.all(tries.map((attempt) => heard.endOf(attempt)))
}

/** Starts an executor as a kernel would. */
export const startExecutor = async (executor: Executor, dir: string, guardMs: number): Promise<Started> => {
  const guardian = newGuardian()
  const heard = newHeard(guardMs)
  const nothingLeft = watchLeftovers(guardian, guardMs)
  await mkdir(dir, { recursive: true })
  const running = await executor.start({
    runId: guardian.markText,
    dir,
    killGraceMs: KILL_GRACE_MS,
    report: heard.report,
    clock: systemClock,
    log: LOG,
    guardian,
    sinks: [],
  })
  running.scaling?.scaleOut(running.scaling.limits.init)
  const open = new Set<TaskTry>()
  const submit: Started['submit'] = (body, args = [], options = {}) => {
    const attempt = newTry(body, args, options)
    heard.expect(attempt)
    open.add(attempt)
    running.submit(attempt)
    return attempt
  }
  const endOf = async (attempt: TaskTry): Promise<End> => {
    const end = await heard.endOf(attempt)
    open.delete(attempt)
    return end
  }
  let ended: Promise<void> | undefined
  const finish = async (): Promise<void> => {
    await stopAll({ running, heard }, [...open])
    await running.close()
    await nothingLeft()
    expect(heard.faults).toEqual([])
  }
  return {
    running,
    heard,
    submit,
    endOf,
    run: (body, args, options) => endOf(submit(body, args, options)),
    end: () => (ended ??= finish()),
  }
}

/** Starts the executor for one test, at whose end it is closed and looked after. */
export const newRig = async (executor: Executor, guardMs: number): Promise<Rig> => {
  const folder = await scratch()
  let count = 0
  const startOne = async (): Promise<Started> => {
    const started = await startExecutor(executor, folder.at(`run-${count++}`), guardMs)
    onTestFinished(() => started.end(), guardMs)
    return started
  }
  onTestFinished(() => folder[Symbol.asyncDispose]())
  return { ...(await startOne()), executor, capabilities: executor.capabilities, folder, startAgain: startOne }
}
