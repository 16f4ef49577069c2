import type { Config } from '@parsl/core'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { scratch } from '../scratch.js'
import { runGroups, type Skip } from '../suite.js'
import { Stage } from '../workflows/bench.js'
import { blockingGroups } from './blocking.js'
import type { Expectations } from './expectations.js'
import { leftBehind } from './left-behind.js'
import { lostWorkers } from './lost-workers.js'
import { ordinary } from './ordinary.js'
import { returning } from './returning.js'

export type { Expectations } from './expectations.js'

/** What the suite of faults is told. */
export interface FaultOptions {
  /** Makes what the tests run on, with at least two places. `scratch` is a folder that is removed in the end. Called once. */
  create(place: { readonly scratch: string }): Config | Promise<Config>
  /** Where executors may differ. */
  readonly expectations?: Expectations
  /** Tests that this executor cannot pass, beyond what its capabilities say. */
  readonly skip?: readonly Skip[]
  /** Ten times what the longest test should take. @defaultValue 120000 */
  readonly guardMs?: number
}

/**
 * What bodies may do to their worker: end it, block it, fill its memory, leave things behind, give back what cannot travel. Each must end as an error that
 * says what it was, harm no task beside it, and leave the executor able to run the next. Call it at the top of a test file of vitest.
 */
export const executorFaults = ({ create, expectations = {}, skip = [], guardMs = 120_000 }: FaultOptions): void => {
  describe('faults', async () => {
    const home = await scratch()
    const stage = new Stage(await create({ scratch: home.path }), home)
    beforeAll(() => stage.open(), guardMs)
    afterEach(({ task }) => stage.tidy(task.result?.state === 'fail'), guardMs)
    afterAll(() => stage.close(), guardMs)
    const groups = [
      ordinary(expectations),
      returning,
      ...lostWorkers(expectations),
      ...blockingGroups,
      leftBehind(expectations),
    ]
    runGroups(groups, { capabilities: stage.capabilities, skip, guardMs, world: () => stage.bench() })
  })
}
