import type { Block } from '@parsl/interfaces'
import { evidenceOf } from './evidence.js'
import type { BlocksSetup } from './setup.js'
import type { BlockRecord } from './state.js'

/** Says in the log, and to monitoring, what happens to blocks. */
export const newReporter = ({ label: executor, context }: Pick<BlocksSetup, 'label' | 'context'>) => {
  const { log, sinks, clock } = context
  let failedPolls = 0
  let hasComplained = false
  const tellSinks = ({ id: block, job, status }: BlockRecord): void => {
    for (const sink of sinks) {
      try {
        sink.event({ type: 'block', at: clock.now(), executor, block, job, status })
      } catch (error) {
        if (!hasComplained) log.error({ err: error }, 'a monitoring sink failed; its further failures are not logged')
        hasComplained = true
      }
    }
  }
  return {
    changed: (record: BlockRecord): void => {
      const { id: block, job, status, unwanted, phase } = record
      const isBad = status.state === 'failed' || status.state === 'missing'
      const facts = { executor, block, job, ...status }
      if (isBad && !unwanted && phase === 'ended') log.warn(facts, `block ${block} is ${status.state}`)
      else log.debug(facts, `block ${block} is ${status.state}`)
      tellSinks(record)
    },
    refused: (block: string, error: unknown): void =>
      log.warn({ executor, block, err: error }, `block ${block} could not be submitted`),
    lateJob: (block: string, job: string): void =>
      log.warn(
        { executor, block, job },
        `block ${block} was submitted after it had been given up; its job is cancelled`,
      ),
    drainFailed: (blocks: readonly string[], error: unknown): void =>
      log.warn({ executor, blocks, err: error }, `blocks ${blocks.join(', ')} could not be drained and are ended`),
    cancelFailed: (blocks: readonly string[], error: unknown): void =>
      log.warn({ executor, blocks, err: error }, `blocks ${blocks.join(', ')} could not be cancelled`),
    answered: (): void => void (failedPolls = 0),
    /** The first of a row and then ever fewer, so that an outage of days does not fill the log. */
    pollFailed: (error: unknown): void => {
      failedPolls++
      if (Number.isInteger(Math.log2(failedPolls)))
        log.warn({ executor, err: error, failedPolls }, 'the status of blocks could not be asked')
    },
    handlerFailed: (error: unknown): void =>
      log.error({ executor, err: error }, 'the handler of block errors failed; the executor goes on'),
    leftAtClose: (blocks: readonly Block[]): void =>
      log.error(
        { executor, blocks: blocks.map(({ id, job }) => ({ id, job })) },
        `blocks may be left:\n${blocks.map(evidenceOf).join('\n')}`,
      ),
  }
}
