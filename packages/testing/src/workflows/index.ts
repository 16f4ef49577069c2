import type { Config } from '@parsl/core'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { scratch } from '../scratch.js'
import { type Group, runGroups, type Skip } from '../suite.js'
import { apps, inProgram } from './apps.js'
import { type Bench, Stage } from './bench.js'
import { commandGroups } from './commands.js'
import { dependencyGroups } from './dependencies.js'
import { failureGroups } from './failures.js'
import { files } from './files.js'
import { joins } from './joins.js'
import { kernelGroups } from './kernels.js'
import { limitGroups } from './limits.js'
import { memoryGroups } from './memory.js'
import { sharingGroups } from './sharing.js'
import { travel } from './travel.js'

export type { Skip } from '../suite.js'
export { type Expectations, executorFaults, type FaultOptions } from '../faults/index.js'

/** What the suites are told. */
export interface WorkflowOptions {
  /**
   * Makes what the tests run on: a configuration with the executor, the only one or first of its kind. Its places must be bounded, since some tests fill
   * them all. `scratch` is a folder that is removed in the end. Called once; the executor is started by several kernels.
   */
  create(place: { readonly scratch: string }): Config | Promise<Config>
  /** Tests that this executor cannot pass, beyond what its capabilities say. */
  readonly skip?: readonly Skip[]
  /** Ten times what the longest test should take. @defaultValue 60000 */
  readonly guardMs?: number
}

const GROUPS: readonly Group<Bench>[] = [
  apps,
  inProgram,
  ...dependencyGroups,
  joins,
  ...failureGroups,
  ...limitGroups,
  ...commandGroups,
  files,
  travel,
  ...sharingGroups,
  ...memoryGroups,
  ...kernelGroups,
]

/**
 * The workflows that every executor must run: apps, futures, joins, failures, retries, limits, streams, files. Call it at the top of a test file of vitest.
 * What the executor's capabilities leave out is left out; anything else that is skipped states a reason, and must be there to be skipped.
 */
export const executorWorkflows = ({ create, skip = [], guardMs = 60_000 }: WorkflowOptions): void => {
  describe('workflows', async () => {
    const home = await scratch()
    const stage = new Stage(await create({ scratch: home.path }), home)
    beforeAll(() => stage.open(), guardMs)
    afterEach(({ task }) => stage.tidy(task.result?.state === 'fail'), guardMs)
    afterAll(() => stage.close(), guardMs)
    runGroups(GROUPS, { capabilities: stage.capabilities, skip, guardMs, world: () => stage.bench() })
  })
}
