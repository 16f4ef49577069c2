import { availableParallelism, totalmem } from 'node:os'
import { type JobId, type JobStatus, type Provider, staysAsConfiguration } from '@parsl/interfaces'
import { type Job, startJob } from './job.js'
import { type LocalProviderOptions, settingsOf } from './options.js'
import { endGroupCommand } from './process-group.js'

const NOT_KNOWN: JobStatus = { state: 'unknown', message: 'this provider has not started it' }

/** A job's id is its process group and how many there were before: the system gives numbers of processes again. */
const pgidOf = (job: JobId): number => Number(/^(\d+)\.\d+$/.exec(job)?.[1])

/**
 * Blocks as processes of this machine: for programs on one machine, on a login node or inside a job of your own, and for trying out a configuration.
 * Needs `/bin/sh`. Each block has the machine to itself as far as it knows, so `max` above 1 means more workers than cores.
 * @throws ConfigurationError `PARSL_CONFIG`
 */
export const localProvider = (options: LocalProviderOptions = {}): Provider => {
  const settings = settingsOf(options)
  const jobs = new Map<JobId, Job>()
  let started = 0
  return staysAsConfiguration({
    name: 'local',
    capabilities: { exitCode: true, batchStatus: true },
    nodesPerBlock: 1,
    ...(settings.launcher ? { launcher: settings.launcher } : {}),
    statusPeriodMs: settings.statusPeriodMs,
    nodeShape: { cores: availableParallelism(), memoryBytes: totalmem() },
    submit: async (block, { signal }) => {
      const job = await startJob(block, settings, signal)
      const id = `${job.pgid}.${started++}`
      jobs.set(id, job)
      return id
    },
    status: async (ids, { signal }) => {
      signal.throwIfAborted()
      const statusOf = async (id: JobId) => [id, (await jobs.get(id)?.status()) ?? NOT_KNOWN] as const
      return new Map(await Promise.all(ids.map(statusOf)))
    },
    cancel: async (ids, { signal }) => {
      signal.throwIfAborted()
      for (const id of ids) jobs.get(id)?.cancel()
    },
    cancelCommand: (job) => endGroupCommand(pgidOf(job), settings.killGraceMs),
  })
}

staysAsConfiguration(localProvider)
