import { mkdir } from 'node:fs/promises'
import {
  type BlockRequest,
  FINAL_JOB_STATES,
  type JobId,
  type JobState,
  type JobStatus,
  type Provider,
  type ProviderCall,
} from '@parsl/interfaces'
import { onTestFinished } from 'vitest'
import { eventually } from '../eventually.js'
import { type Scratch, scratch } from '../scratch.js'

/** What one conformance test works with: a provider, and the test's end of its contract. */
export interface ProviderRig {
  readonly provider: Provider
  readonly folder: Scratch
  /** Where scripts and output of its jobs go. */
  readonly scriptDir: string
  /** A block as an executor would ask for it, of a name that no other has. */
  block(command: string, more?: Partial<BlockRequest>): BlockRequest
  /** Hands a job over; at the end of the test it is cancelled. */
  submit(command: string, more?: Partial<BlockRequest>): Promise<JobId>
  statusOf(job: JobId): Promise<JobStatus>
  /** Waits until a job is in such a state, asking no more often than the provider allows. */
  whenIn(job: JobId, ...states: readonly JobState[]): Promise<JobStatus>
  whenEnded(job: JobId): Promise<JobStatus>
}

/** What every call is given: nothing calls it off. */
export const call = (): ProviderCall => ({ signal: new AbortController().signal })

let nextName = 0

/** Ends what a test left. */
const cancelAll = async (provider: Provider, jobs: readonly JobId[], whenEnded: ProviderRig['whenEnded']) => {
  if (jobs.length === 0) return
  await provider.cancel(jobs, call())
  for (const job of jobs) await whenEnded(job)
}

export const newProviderRig = async (
  provider: Provider,
  { scratch: home, guardMs }: { readonly scratch: Scratch; readonly guardMs: number },
): Promise<ProviderRig> => {
  const folder = await scratch()
  const run = `${process.pid}-${Date.now().toString(36)}-${nextName++}`
  const scriptDir = home.at(`scripts-${run}`)
  await mkdir(scriptDir)
  const jobs: JobId[] = []
  let blocks = 0
  const block: ProviderRig['block'] = (command, more = {}) => ({
    jobName: `parsl.conformance.${run}.block-${blocks++}`,
    command,
    nodes: provider.nodesPerBlock,
    tasksPerNode: 1,
    scriptDir,
    env: {},
    ...more,
  })
  const statusOf: ProviderRig['statusOf'] = async (job) => {
    const status = (await provider.status([job], call())).get(job)
    if (status === undefined) throw new Error(`status gives no answer for job ${job}: say unknown`)
    return status
  }
  const whenIn: ProviderRig['whenIn'] = async (job, ...states) => {
    let status: JobStatus | undefined
    let askAt = 0
    const isThere = async (): Promise<boolean> => {
      if (performance.now() < askAt) return false
      status = await statusOf(job)
      askAt = performance.now() + provider.statusPeriodMs
      return states.includes(status.state)
    }
    await eventually(isThere, { guardMs, state: () => ({ job, states, status }) })
    return status as JobStatus
  }
  const whenEnded: ProviderRig['whenEnded'] = (job) => whenIn(job, ...FINAL_JOB_STATES)
  onTestFinished(async () => {
    await cancelAll(provider, jobs, whenEnded)
    await folder[Symbol.asyncDispose]()
  }, guardMs)
  const submit: ProviderRig['submit'] = async (command, more) => {
    const job = await provider.submit(block(command, more), call())
    jobs.push(job)
    return job
  }
  return { provider, folder, scriptDir, block, submit, statusOf, whenIn, whenEnded }
}
