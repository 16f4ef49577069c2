import type { BlockRequest } from '@parsl/interfaces'
import type { BlocksSetup } from './setup.js'

/** As in Parsl, a block has one worker pool on each node. */
const TASKS_PER_NODE = 1
const RUN_LETTERS = 8

/** Names of files, and of jobs of every batch system: no letters but those. */
const nameOf = ({ label, context }: Pick<BlocksSetup, 'label' | 'context'>, block: string): string =>
  `parsl.${label}.${context.runId.slice(0, RUN_LETTERS)}.block-${block}`.replaceAll(/[^\w.-]/g, '-')

/** What the provider is asked for. */
export const requestFor = (setup: BlocksSetup, block: string, scriptDir: string): BlockRequest => {
  const { provider, context, env = {}, commandFor } = setup
  const { nodesPerBlock: nodes, launcher } = provider
  const shape = { nodes, tasksPerNode: TASKS_PER_NODE, scriptDir }
  const command = commandFor(block)
  return {
    ...shape,
    jobName: nameOf(setup, block),
    command: launcher ? launcher(command, shape) : command,
    env: { ...env, ...context.guardian.mark() },
  }
}
