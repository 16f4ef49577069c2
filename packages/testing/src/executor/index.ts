import type { Executor } from '@parsl/interfaces'
import { afterAll, beforeAll, describe } from 'vitest'
import { scratch } from '../scratch.js'
import { runGroups, type Skip } from '../suite.js'
import { endingGroups } from './ending.js'
import { newRig, startExecutor } from './rig.js'
import { submittingGroups } from './submitting.js'
import { truthGroups } from './truth.js'

export type { Skip } from '../suite.js'

/** What the suite is told. */
export interface ConformanceOptions {
  /** Makes the executor, whose places are bounded where it knows priorities. `scratch` is a folder that is removed in the end. Called once. */
  create(place: { readonly scratch: string }): Executor | Promise<Executor>
  /** Tests that this executor cannot pass, beyond what its capabilities say. */
  readonly skip?: readonly Skip[]
  /** Ten times what the longest test should take. @defaultValue 60000 */
  readonly guardMs?: number
}

const GROUPS = [...submittingGroups, ...endingGroups, ...truthGroups]

/** Runs something once, so that what is made once per process counts for no test. */
const warmUp = async (executor: Executor, dir: string, guardMs: number): Promise<void> => {
  const { run, running } = await startExecutor(executor, dir, guardMs)
  await run(() => 0)
  await running.close()
}

/**
 * The contract of `Executor` and `RunningExecutor`, without a kernel: every try is reported once, stopping stops, closing leaves nothing, capabilities are
 * true. Call it at the top of a test file of vitest.
 */
export const executorConformance = ({ create, skip = [], guardMs = 60_000 }: ConformanceOptions): void => {
  describe('executor', async () => {
    const home = await scratch()
    const executor = await create({ scratch: home.path })
    beforeAll(() => warmUp(executor, home.at('warm-up'), guardMs), guardMs)
    afterAll(() => home[Symbol.asyncDispose]())
    runGroups(GROUPS, { capabilities: executor.capabilities, skip, guardMs, world: () => newRig(executor, guardMs) })
  })
}
