import type { ExecutorCapabilities } from '@parsl/interfaces'
import { describe, it } from 'vitest'

/** A test that a plug-in cannot pass, and why not. */
export interface Skip {
  /** `group > title` */
  readonly test: string
  readonly reason: string
}

/** Tests by title. Each gets what it works with. */
export type Cases<World> = Readonly<Record<string, (world: World) => unknown>>

/** Tests of one subject. */
export interface Group<World, Capabilities = ExecutorCapabilities> {
  readonly name: string
  /** Which plug-ins it is for. @defaultValue all */
  readonly when?: (capabilities: Capabilities) => boolean
  readonly cases: Cases<World>
}

/** How the tests of a suite are run. */
export interface SuiteRun<World, Capabilities = ExecutorCapabilities> {
  readonly capabilities: Capabilities
  readonly skip: readonly Skip[]
  /** Ten times what the longest test should take. */
  readonly guardMs: number
  /** Makes what one test works with. */
  world(): Promise<World>
}

const idOf = (group: Group<never, never>, title: string): string => `${group.name} > ${title}`

const refuseUnmatched = (groups: readonly Group<never, never>[], skip: readonly Skip[]): void => {
  const known = new Set(groups.flatMap((group) => Object.keys(group.cases).map((title) => idOf(group, title))))
  const unmatched = skip.filter(({ test }) => !known.has(test)).map(({ test }) => test)
  if (unmatched.length > 0)
    throw new Error(
      `no test that would run is called ${unmatched.join(', ')}: what is skipped is named as in the report`,
    )
  const unreasoned = skip.filter(({ reason }) => reason.trim() === '').map(({ test }) => test)
  if (unreasoned.length > 0) throw new Error(`a reason is missing for what is skipped: ${unreasoned.join(', ')}`)
}

/** Hands the tests to vitest: groups that the capabilities ask for, and of those what is not skipped. */
export const runGroups = <World, Capabilities>(
  groups: readonly Group<World, Capabilities>[],
  run: SuiteRun<World, Capabilities>,
): void => {
  const asked = groups.filter(({ when }) => when?.(run.capabilities) ?? true)
  refuseUnmatched(asked, run.skip)
  const reasons = new Map(run.skip.map(({ test, reason }) => [test, reason]))
  for (const group of asked) {
    describe(group.name, () => {
      for (const [title, test] of Object.entries(group.cases)) {
        const reason = reasons.get(idOf(group, title))
        if (reason === undefined) it(title, { timeout: run.guardMs }, async () => void (await test(await run.world())))
        else it.skip(`${title} (skipped: ${reason})`)
      }
    })
  }
}
