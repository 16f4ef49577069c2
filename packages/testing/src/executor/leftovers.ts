import { randomUUID } from 'node:crypto'
import type { Guardian } from '@parsl/interfaces'
import { eventually } from '../eventually.js'
import { environmentOf, ownChildren, processesWith } from '../processes.js'

/** A guardian that ends nothing and remembers what it was given. */
export interface WatchfulGuardian extends Guardian {
  /** `NAME=value`, as it stands in the environment of what carries the mark. */
  readonly markText: string
  /** What it was given and not told to forget. */
  readonly held: ReadonlySet<string>
}

const MARK = 'PARSL_TEST_RUN'

export const newGuardian = (): WatchfulGuardian => {
  const run = randomUUID()
  const held = new Set<string>()
  const watch = (what: string): (() => void) => {
    held.add(what)
    return () => void held.delete(what)
  }
  return {
    markText: `${MARK}=${run}`,
    held,
    mark: () => ({ [MARK]: run }),
    processGroup: (pgid) => watch(`process group ${pgid}`),
    command: (argv) => watch(`command ${argv.join(' ')}`),
    path: (path) => watch(`path ${path}`),
  }
}

/** What the event loop holds open, but for what comes and goes in any test. */
const PASSING = new Set(['Timeout', 'Immediate', 'TickObject', 'FSReqCallback', 'FSReqPromise', 'CloseReq', 'PROMISE'])

const openHandles = (): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) if (!PASSING.has(kind)) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** Looks now; the function it gives looks again, and waits until nothing more is there than now. */
export const watchLeftovers = (guardian: WatchfulGuardian, guardMs: number): (() => Promise<void>) => {
  const handles = openHandles()
  const children = new Set(ownChildren().map(({ pid }) => pid))
  /** What another started executor starts meanwhile is looked for at its own end. */
  const isOfAnother = (pid: number): boolean =>
    environmentOf(pid).some((entry) => entry.startsWith(`${MARK}=`) && entry !== guardian.markText)
  const left = (): readonly unknown[] => [
    ...Object.entries(openHandles()).filter(([kind, count]) => count > (handles[kind] ?? 0)),
    ...ownChildren().filter(({ pid }) => !children.has(pid) && !isOfAnother(pid)),
    ...processesWith(guardian.markText),
    ...guardian.held,
  ]
  return () => eventually(() => left().length === 0, { guardMs, state: left })
}
