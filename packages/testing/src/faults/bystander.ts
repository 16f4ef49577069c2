import { expect } from 'vitest'
import { eventually } from '../eventually.js'
import { opened } from '../bodies.js'
import type { Cases } from '../suite.js'
import type { Bench } from '../workflows/bench.js'

const AFTER = 8

/** Runs each fault beside a task that must not notice, and afterwards some more tasks. */
export const besideOthers = (cases: Cases<Bench>): Cases<Bench> =>
  Object.fromEntries(
    Object.entries(cases).map(([title, fault]) => [
      title,
      async (bench: Bench) => {
        const { parsl, folder } = bench
        // It must not be lost and run anew in secret.
        const bystander = parsl.jsApp(opened, { name: 'bystander', infrastructureRetries: 0 })(folder.at('bystander'))
        await eventually(() => bystander.state === 'running', { guardMs: 60_000, state: () => bystander.state })
        await fault(bench)
        const next = parsl.jsApp((n: number) => n + 1, { name: 'next' })
        const after = Array.from({ length: AFTER }, (_, n) => next(n))
        expect(await Promise.all(after)).toEqual(after.map((_, n) => n + 1))
        await folder.fill('bystander')
        expect(await bystander).toBe(folder.at('bystander'))
      },
    ]),
  )
