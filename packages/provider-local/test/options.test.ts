import type { ConfigurationError } from '@parsl/interfaces'
import { expect, it } from 'vitest'
import { localProvider } from '../src/index.js'

const complaintsAbout = (options: unknown): readonly string[] => {
  try {
    localProvider(options as never)
  } catch (error) {
    return (error as ConfigurationError).details.complaints
  }
  throw new Error('it was taken')
}

it.each<[unknown, string]>([
  [{ worker_init: 'x' }, 'localProvider has no option "worker_init": did you mean "workerInit"?'],
  [{ workerInit: 5 }, 'localProvider.workerInit must be shell text, not 5'],
  [{ workerInit: 'a\0b' }, 'localProvider.workerInit must be shell text'],
  [{ launcher: 'srun' }, 'localProvider.launcher must be a function, not "srun"'],
  [{ killGrace: 0 }, 'localProvider.killGrace must be more than nothing'],
  [{ killGrace: '31s' }, 'localProvider.killGrace must be a duration of at most half a minute, not "31s"'],
  [{ statusPeriod: 'soon' }, 'localProvider.statusPeriod must be more than nothing'],
  ['local', 'localProvider must be an object, not "local"'],
])('%j is refused', (options, complaint) => {
  expect(complaintsAbout(options)[0]).toContain(complaint)
})

it('takes every option, and has a default for each', () => {
  const launcher = (command: string) => command
  const provider = localProvider({ workerInit: '', launcher, killGrace: '30s', statusPeriod: '2s' })
  expect(provider).toMatchObject({ name: 'local', launcher, statusPeriodMs: 2_000, nodesPerBlock: 1 })
  expect(localProvider()).not.toHaveProperty('launcher')
})
