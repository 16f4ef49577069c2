import type { Provider } from '@parsl/interfaces'
import { afterAll, describe } from 'vitest'
import { scratch } from '../scratch.js'
import { runGroups, type Skip } from '../suite.js'
import { jobGroups } from './jobs.js'
import { newProviderRig } from './rig.js'

export type { Skip } from '../suite.js'

/** What the suite is told. */
export interface ProviderConformanceOptions {
  /** Makes the provider. `scratch` is a folder that is removed in the end. Called once. */
  create(place: { readonly scratch: string }): Provider | Promise<Provider>
  /** Tests that this provider cannot pass, beyond what its capabilities say. */
  readonly skip?: readonly Skip[]
  /** Ten times what the longest test should take. @defaultValue 120000 */
  readonly guardMs?: number
}

/**
 * The contract of `Provider`: jobs run and are known until they have ended and afterwards, what is not known is `unknown`, cancelling ends them, and signals
 * are honoured. Its jobs must see this machine's folder for temporary files. Call it at the top of a test file of vitest.
 */
export const providerConformance = ({ create, skip = [], guardMs = 120_000 }: ProviderConformanceOptions): void => {
  describe('provider', async () => {
    const home = await scratch()
    const provider = await create({ scratch: home.path })
    afterAll(() => home[Symbol.asyncDispose]())
    const world = () => newProviderRig(provider, { scratch: home, guardMs })
    runGroups(jobGroups, { capabilities: provider.capabilities, skip, guardMs, world })
  })
}
