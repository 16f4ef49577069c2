import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDataFile, isOutput, type DataFile } from '@parsl/data'
import type { DependencyResolver, MemoHit, RunningMemoizer, Staging, StreamTarget } from '@parsl/interfaces'
import { isShared, valueOfShared } from '@parsl/worker'
import type { Registry } from '../executor/registry.js'
import type { StartedExecutor } from '../executor/started.js'
import { type FilePlan, planFiles } from '../staging/data-manager.js'
import { valueOf } from './gather.js'
import { lookUp } from './look-up.js'
import { INHERITED } from './streams.js'
import { Attempt, moreOf, type TaskRecord, type TryFiles } from './task.js'

/** What preparing a try needs. */
export interface Preparing {
  readonly registry: Registry
  readonly resolver: DependencyResolver
  readonly memoizer: RunningMemoizer
  readonly staging: readonly Staging[]
  readonly runDir: string
}

/** A try that can be launched, or a remembered outcome in its stead. */
export type Prepared = Attempt | { readonly hit: MemoHit }

const planFor = (task: TaskRecord, executor: StartedExecutor, preparing: Preparing): FilePlan =>
  planFiles(executor.plugin.staging ?? preparing.staging, {
    executor: executor.plugin.label,
    workingDir: join(preparing.runDir, 'staging', String(task.id)),
  })

/** How arguments are made of what the call was given. */
interface Unwrapping {
  readonly resolver: DependencyResolver
  readonly plan: FilePlan
  /** Bodies get shared values as they are: nothing is sent anywhere. */
  readonly isHere: boolean
}

const unwrapArguments = (
  task: TaskRecord,
  { resolver, plan, isHere }: Unwrapping,
): { readonly args: readonly unknown[]; readonly inputs: Set<DataFile> } => {
  const inputs = new Set<DataFile>()
  const stage = (file: DataFile): DataFile => {
    const staged = plan.input(file)
    inputs.add(staged)
    return staged
  }
  const stageFound = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.length > 0 && value.every(isDataFile) ? value.map(stage) : value
    return typeof value === 'object' && value !== null && isDataFile(value) ? stage(value) : value
  }
  const replace = (object: object): { readonly value: unknown } | undefined => {
    if (isDataFile(object)) return { value: stage(object) }
    if (isOutput(object)) return { value: plan.output(object).file }
    if (isShared(object)) return { value: isHere ? valueOfShared(object) : object }
    const found = valueOf(task, object)
    return found && { value: stageFound(found.value) }
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

/** A task that is stopped meanwhile has its transfers called off. */
const transferIn = async (task: TaskRecord, plan: FilePlan): Promise<void> => {
  const calledOff = new AbortController()
  const more = moreOf(task)
  const { release } = more
  more.release = () => {
    calledOff.abort()
    release?.()
  }
  await mkdir(plan.site.workingDir, { recursive: true })
  const { signal } = calledOff
  const outcomes = await Promise.allSettled(plan.transfersIn.map((transfer) => transfer({ signal })))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

const staged = (attempt: Attempt, plan: FilePlan | undefined): Attempt | Promise<Attempt> =>
  plan && plan.transfersIn.length > 0 ? transferIn(attempt.task, plan).then(() => attempt) : attempt

/** Without a promise where none is needed: until a try is launched, what it was given may change. */
const lookedUpAndStaged = (
  attempt: Attempt,
  plan: FilePlan | undefined,
  preparing: Preparing,
): Prepared | Promise<Prepared> => {
  const { task } = attempt
  // Once a task: what a further try found could be this very task, which is known to be under way.
  const hit = task.app.cache && !task.more?.memoCall ? lookUp(attempt, preparing.memoizer) : undefined
  if (hit instanceof Promise) return hit.then((found) => (found ? { hit: found } : staged(attempt, plan)))
  return hit ? { hit } : staged(attempt, plan)
}

const prepareWithFiles = (
  task: TaskRecord,
  executor: StartedExecutor,
  preparing: Preparing,
): Prepared | Promise<Prepared> => {
  const plan = planFor(task, executor, preparing)
  if (task.more?.files) task.more.plan = plan
  const { args, inputs } = unwrapArguments(task, {
    resolver: preparing.resolver,
    plan,
    isHere: executor.plugin.capabilities.isolation === 'none',
  })
  const attempt = new Attempt(task, executor, { args, files: tryFilesOf(task, inputs, plan) })
  return lookedUpAndStaged(attempt, plan, preparing)
}

/**
 * Makes the next try of a task whose inputs are there; at once where nothing has to be looked up or moved.
 * @throws UnknownExecutor, InvalidResourceSpecification, UnsupportedFeatureError, StagingError, and what the resolver throws
 */
export const prepare = (task: TaskRecord, preparing: Preparing): Prepared | Promise<Prepared> => {
  const executor = preparing.registry.pick(task)
  if (task.leaves > 0 || task.more) return prepareWithFiles(task, executor, preparing)
  const attempt = new Attempt(task, executor, { args: task.args, files: NO_FILES })
  return lookedUpAndStaged(attempt, undefined, preparing)
}
