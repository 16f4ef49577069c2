import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDataFile, isOutput, type ExpectedOutput, type DataFile } from '@parsl/data'
import {
  type DependencyResolver,
  type Logger,
  type MemoCall,
  type Memoizer,
  type MemoHit,
  type Staging,
  StagingError,
  type StreamTarget,
} from '@parsl/interfaces'
import type { Registry, StartedExecutor } from '../executor/registry.js'
import { isLazyPromise } from '../future/lazy-promise.js'
import { type FilePlan, planFiles } from '../staging/data-manager.js'
import { filesIn, valueOf } from './gather.js'
import { INHERITED } from './streams.js'
import { Attempt, moreOf, type TaskRecord, type TryFiles } from './task.js'

/** What preparing a try needs. */
export interface Preparing {
  readonly registry: Registry
  readonly resolver: DependencyResolver
  /** For what join bodies return. */
  readonly joins: DependencyResolver
  readonly memoizer: Memoizer | undefined
  readonly staging: readonly Staging[]
  readonly runDir: string
  readonly log: Logger
}

/** A try that can be launched, or a remembered outcome in its stead. */
export type Prepared =
  | { readonly attempt: Attempt; readonly executor: StartedExecutor; readonly plan: FilePlan | undefined }
  | { readonly hit: MemoHit }

const planFor = (task: TaskRecord, executor: StartedExecutor, preparing: Preparing): FilePlan =>
  planFiles(executor.plugin.staging ?? preparing.staging, {
    executor: executor.plugin.label,
    workingDir: join(preparing.runDir, 'staging', String(task.id)),
  })

const unwrapArguments = (
  task: TaskRecord,
  resolver: DependencyResolver,
  plan: FilePlan,
): { readonly args: readonly unknown[]; readonly inputs: Set<DataFile> } => {
  const inputs = new Set<DataFile>()
  const stage = (file: DataFile): DataFile => {
    const staged = plan.input(file)
    inputs.add(staged)
    return staged
  }
  const stageAll = (value: unknown): unknown =>
    filesIn(value).length === 0
      ? value
      : Array.isArray(value)
        ? value.map((file) => stage(file as DataFile))
        : stage(value as DataFile)
  const replace = (object: object): { readonly value: unknown } | undefined => {
    if (isDataFile(object)) return { value: stage(object) }
    if (isOutput(object)) return { value: plan.output(object).file }
    const found = valueOf(task, object)
    return found && isLazyPromise(object) && object[Symbol.toStringTag] === 'DataFuture'
      ? { value: stageAll(found.value) }
      : found
  }
  return { args: task.args.map((value) => resolver.unwrap(value, replace)), inputs }
}

const targetOf = (task: TaskRecord, stream: 'stdout' | 'stderr', plan: FilePlan): StreamTarget => {
  const { output, target } = task.more?.streams?.[stream] ?? INHERITED
  return output ? { path: plan.output(output).file.path, mode: 'w' } : target(task.attempt)
}

const NO_FILES: TryFiles = { inputs: [], outputs: [], stdout: 'inherit', stderr: 'inherit' }

const tryFilesOf = (task: TaskRecord, inputs: Set<DataFile>, plan: FilePlan): TryFiles => ({
  inputs: [...inputs],
  outputs: [...(task.more?.files?.outputs.keys() ?? [])].map((output) => plan.output(output)),
  stdout: targetOf(task, 'stdout', plan),
  stderr: targetOf(task, 'stderr', plan),
})

const transferIn = async (plan: FilePlan): Promise<void> => {
  if (plan.transfersIn.length === 0) return
  await mkdir(plan.site.workingDir, { recursive: true })
  const { signal } = new AbortController()
  const outcomes = await Promise.allSettled(plan.transfersIn.map((transfer) => transfer({ signal })))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

const memoCallOf = (task: TaskRecord, args: readonly unknown[]): MemoCall => ({
  taskId: task.id,
  app: task.app.name,
  body: task.app.spec.body,
  args,
  ignoreForCache: task.app.ignoreForCache,
})

const prepareSlowly = async (
  attempt: Attempt,
  ready: { readonly executor: StartedExecutor; readonly plan: FilePlan | undefined },
  preparing: Preparing,
): Promise<Prepared> => {
  const { task } = attempt
  if (task.app.cache) {
    const memoCall = memoCallOf(task, attempt.args)
    moreOf(task).memoCall = memoCall
    const hit = await preparing.memoizer?.lookup(memoCall)
    if (hit) return { hit }
  }
  if (ready.plan) await transferIn(ready.plan)
  return { attempt, ...ready }
}

/**
 * Makes the next try of a task whose inputs are there; at once where nothing has to be looked up or moved.
 * @throws UnknownExecutor, InvalidResourceSpecification, UnsupportedFeatureError, StagingError, and what the resolver throws
 */
export const prepare = (task: TaskRecord, preparing: Preparing): Prepared | Promise<Prepared> => {
  const executor = preparing.registry.pick(task)
  if (task.leaves === 0 && !task.more) {
    const attempt = new Attempt(task, task.args, NO_FILES)
    return task.app.cache
      ? prepareSlowly(attempt, { executor, plan: undefined }, preparing)
      : { attempt, executor, plan: undefined }
  }
  const plan = planFor(task, executor, preparing)
  const { args, inputs } = unwrapArguments(task, preparing.resolver, plan)
  const attempt = new Attempt(task, args, tryFilesOf(task, inputs, plan))
  return task.app.cache || plan.transfersIn.length > 0
    ? prepareSlowly(attempt, { executor, plan }, preparing)
    : { attempt, executor, plan }
}

/**
 * Brings one output to where it was promised.
 * @throws StagingError `PARSL_DATA_STAGING`
 */
export const transferOut = async (plan: FilePlan, output: ExpectedOutput): Promise<void> => {
  try {
    await plan.transferOut(output)?.({ signal: new AbortController().signal })
  } catch (cause) {
    throw new StagingError(output.file.url, (cause as Error).message, { cause })
  }
}
