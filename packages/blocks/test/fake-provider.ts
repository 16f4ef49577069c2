import type { BlockRequest, JobId, JobStatus, Provider } from '@parsl/interfaces'

/** A batch system in which things happen when a test says so. */
export interface FakeProvider extends Provider {
  /** What it was asked for, in order. */
  readonly requests: readonly BlockRequest[]
  /** Jobs by id, as they stand. */
  readonly jobs: Map<JobId, JobStatus>
  /** Ids that it was asked to cancel, one list a call. */
  readonly cancelled: (readonly JobId[])[]
  /** Status calls so far, and how many are under way. */
  readonly asked: { count: number; busy: number; mostBusy: number }
}

/** What a test may want otherwise. */
export interface FakeProviderOptions extends Partial<
  Pick<Provider, 'launcher' | 'nodesPerBlock' | 'statusPeriodMs' | 'submit' | 'status' | 'cancel'>
> {
  /** What becomes of jobs that are cancelled; `running` ignores it. */
  readonly whenCancelled?: JobStatus
}

export const fakeProvider = ({ whenCancelled, ...options }: FakeProviderOptions = {}): FakeProvider => {
  const requests: BlockRequest[] = []
  const jobs = new Map<JobId, JobStatus>()
  const cancelled: (readonly JobId[])[] = []
  const asked = { count: 0, busy: 0, mostBusy: 0 }
  const submit: Provider['submit'] = async (block) => {
    const job = `job-${requests.push(block) - 1}`
    jobs.set(job, { state: 'pending' })
    return job
  }
  const status: Provider['status'] = async (ids) => new Map(ids.map((id) => [id, jobs.get(id) ?? { state: 'unknown' }]))
  const cancel: Provider['cancel'] = async (ids) => {
    cancelled.push(ids)
    for (const id of ids) jobs.set(id, whenCancelled ?? { state: 'cancelled' })
  }
  const given = { submit, status, cancel, nodesPerBlock: 1, statusPeriodMs: 10_000, ...options }
  return {
    name: 'fake',
    capabilities: { exitCode: true, batchStatus: true },
    ...given,
    status: async (ids, call) => {
      asked.count++
      asked.mostBusy = Math.max(asked.mostBusy, ++asked.busy)
      return given.status(ids, call).finally(() => asked.busy--)
    },
    cancelCommand: (job) => ['fake-cancel', job],
    requests,
    jobs,
    cancelled,
    asked,
  }
}
