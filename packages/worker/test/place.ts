import type { FailureKind, Guardian, TaskSpec, TaskTry } from '@parsl/interfaces'
import { type FakeClock, fakeClock } from '@parsl/testing'
import { onTestFinished } from 'vitest'
import { signalGroup } from '../src/process-group.ts'
import type { Place } from '../src/place.ts'
import { RunningBody } from '../src/running-body.ts'

/** What a place was told of a body's end. */
export type End =
  | { readonly is: 'succeeded'; readonly value: unknown }
  | { readonly is: 'failed'; readonly error: unknown; readonly kind: FailureKind }

/** A place that remembers all it was told. */
export interface FakePlace extends Place {
  readonly clock: FakeClock
  readonly ends: End[]
  readonly warnings: string[]
  /** `group 12`, `release group 12`, in order. */
  readonly guarded: string[]
  /** The first end that was reported. */
  readonly ended: Promise<End>
}

const fakeGuardian = (guarded: string[]): Guardian => {
  const watch = (what: string): (() => void) => {
    guarded.push(what)
    return () => void guarded.push(`release ${what}`)
  }
  return {
    mark: () => ({ PARSL_TEST_MARK: 'run-1' }),
    processGroup: (pgid) => watch(`group ${pgid}`),
    command: (argv) => watch(`command ${argv.join(' ')}`),
    path: (path) => watch(`path ${path}`),
  }
}

/** Process groups that the guardian would have to end are a fault of the test or of what it tests. */
const endLeft = (guarded: readonly string[]): void => {
  const left = guarded.filter((what) => what.startsWith('group ') && !guarded.includes(`release ${what}`))
  for (const what of left) signalGroup(Number(what.slice('group '.length)), 'SIGKILL')
  if (left.length > 0) throw new Error(`the test left ${left.join(', ')}`)
}

export const fakePlace = (killGraceMs = 60_000): FakePlace => {
  const ends: End[] = []
  const warnings: string[] = []
  const guarded: string[] = []
  const { promise: ended, resolve } = Promise.withResolvers<End>()
  const hear = (end: End): void => {
    ends.push(end)
    resolve(end)
  }
  const quiet = (): void => {}
  onTestFinished(() => endLeft(guarded))
  return {
    clock: fakeClock(),
    report: {
      succeeded: (_, value) => hear({ is: 'succeeded', value }),
      failed: (_, error, kind) => hear({ is: 'failed', error, kind }),
    },
    log: { debug: quiet, info: quiet, warn: (_, message) => void warnings.push(message), error: quiet },
    guardian: fakeGuardian(guarded),
    killGraceMs,
    ends,
    warnings,
    guarded,
    ended,
  }
}

/** A try of an app called `align`, as task 7. */
export const tryOf = (
  body: (...args: never[]) => unknown,
  { spec = {}, ...rest }: Partial<Omit<TaskTry, 'spec'>> & { readonly spec?: Partial<TaskSpec> } = {},
): TaskTry => ({
  taskId: 7,
  attempt: 0,
  spec: { app: 'align', kind: 'js', body, resources: {}, priority: undefined, walltimeMs: undefined, env: {}, ...spec },
  args: [],
  inputs: [],
  outputs: [],
  stdout: 'ignore',
  stderr: 'ignore',
  ...rest,
})

/** Runs a try to its end. */
export const endOf = (attempt: TaskTry, place: FakePlace = fakePlace()): Promise<End> => {
  new RunningBody(attempt, place).start()
  return place.ended
}
