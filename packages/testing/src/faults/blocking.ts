import { execSync } from 'node:child_process'
import { pbkdf2Sync } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import { eventually } from '../eventually.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from '../workflows/bench.js'
import { besideOthers } from './bystander.js'

const spin = (path: string): never => {
  writeFileSync(path, '')
  for (;;);
}

/** Blocks its thread in native code, and says when it came back: long after it was to stop. */
const waitForChild = (path: string): void => {
  execSync('sleep 15')
  writeFileSync(path, '')
}

const derive = (path: string): void => {
  pbkdf2Sync('secret', 'salt', 20_000_000, 64, 'sha512')
  writeFileSync(path, '')
}

const isTimeout = { code: 'PARSL_APP_TIMEOUT', details: { limit: 'walltime' } }
const isCancelled = { code: 'PARSL_DATAFLOW_CANCELLED' }
const thereIs = (path: string): Promise<void> =>
  eventually(() => existsSync(path), { guardMs: 60_000, state: () => path })

const loops: Cases<Bench> = {
  'an endless loop is ended by its walltime': async ({ parsl, folder }) => {
    expect(await errorOf(parsl.jsApp(spin, { walltime: '200ms' })(folder.at('spins')))).toMatchObject(isTimeout)
  },
  'an endless loop is ended by cancelling': async ({ parsl, folder }) => {
    const future = parsl.jsApp(spin)(folder.at('spins'))
    await thereIs(folder.at('spins'))
    future.cancel('enough')
    expect(await errorOf(future)).toMatchObject(isCancelled)
  },
}

const natives: Cases<Bench> = {
  'a command that is waited for in native code is ended, or written off': async ({ parsl, folder }) => {
    const app = parsl.jsApp(waitForChild, { walltime: '200ms' })
    expect(await errorOf(app(folder.at('came back')))).toMatchObject(isTimeout)
    expect(existsSync(folder.at('came back'))).toBe(false)
  },
  'a computation in native code is ended, or written off': async ({ parsl, folder }) => {
    const app = parsl.jsApp(derive, { walltime: '200ms' })
    expect(await errorOf(app(folder.at('came back')))).toMatchObject(isTimeout)
    expect(existsSync(folder.at('came back'))).toBe(false)
  },
  'a body in native code is cancelled within the grace period': async ({ parsl, folder }) => {
    const future = parsl.jsApp(waitForChild)(folder.at('came back'))
    await eventually(() => future.state === 'running', { guardMs: 60_000 })
    future.cancel('enough')
    expect(await errorOf(future)).toMatchObject(isCancelled)
    expect(existsSync(folder.at('came back'))).toBe(false)
  },
}

/** Bodies that do not yield. */
export const blockingGroups: readonly Group<Bench>[] = [
  { name: 'bodies that loop', when: ({ forcedStop }) => forcedStop, cases: besideOthers(loops) },
  { name: 'bodies in native code', when: ({ isolation }) => isolation !== 'none', cases: besideOthers(natives) },
]
