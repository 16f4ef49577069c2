import { type Executor, staysAsConfiguration } from '@parsl/interfaces'
import type { RunningHtex } from './executor/htex.js'
import { start } from './executor/start.js'
import type { HighThroughputOptions } from './options.js'
import { settingsOf } from './settings.js'
import type { ManagerView } from './wire/messages.js'

/** A {@link highThroughputExecutor}, which can be asked about its managers. Where several kernels run it, about those of all. */
export interface HighThroughputExecutor extends Executor {
  /** The managers that are registered now. */
  connectedManagers(): Promise<readonly ManagerView[]>
  /** The blocks that have a manager now. */
  connectedBlocks(): readonly string[]
  /** Has the managers of a block take no further task. What they have goes on. */
  hold(block: string): void
}

/**
 * Runs tasks on the nodes of blocks that a provider starts: pilot jobs, each node with a manager and its workers, all fed by an interchange beside the
 * program. For clusters, and for many short tasks. Without a `provider` there is one block, on this machine.
 * @throws ConfigurationError `PARSL_CONFIG` with every complaint
 */
export const highThroughputExecutor = (options: HighThroughputOptions = {}): HighThroughputExecutor => {
  const settings = settingsOf(options)
  const { label, workers, staging } = settings
  const all = new Set<RunningHtex>()
  return staysAsConfiguration({
    label,
    capabilities: {
      isolation: workers === 'threads' ? 'thread' : 'process',
      resources: ['cores', 'memory', 'gpus', 'custom'],
      priorities: true,
      capturesStreams: true,
      forcedStop: true,
      sharesMemory: false,
    },
    ...(staging ? { staging } : {}),
    start: async (context) => {
      const running = await start(settings, context)
      all.add(running)
      void running.closed.then(() => all.delete(running))
      return running
    },
    connectedManagers: async () => (await Promise.all([...all].map((one) => one.connectedManagers()))).flat(),
    connectedBlocks: () => [...all].flatMap((one) => one.connectedBlocks()),
    hold: (block) => {
      for (const one of all) one.hold(block)
    },
  })
}

staysAsConfiguration(highThroughputExecutor)
