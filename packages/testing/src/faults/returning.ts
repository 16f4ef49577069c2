import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import { inspect } from 'node:util'
import { expect } from 'vitest'
import { countUp } from '../bodies.js'
import { errorOf } from '../error-of.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from '../workflows/bench.js'
import { besideOthers } from './bystander.js'

const isRefused = { name: 'SerializationError', code: 'PARSL_SERIALIZE' }

class Press {
  readonly force = 2
  handle(): () => number {
    return () => this.force
  }
}

const cases: Cases<Bench> = {
  'a result that cannot come back is refused with its place': async ({ parsl }) => {
    const error = await errorOf(parsl.jsApp(() => ({ line: { socket: new Socket() } }), { name: 'connect' })())
    expect(error).toMatchObject(isRefused)
    expect((error.details as { path: string }).path).toContain('line › socket')
  },
  'a function that uses the this of another cannot come back': async ({ parsl }) => {
    expect(await errorOf(parsl.jsApp(() => new Press().handle())())).toMatchObject(isRefused)
  },
  'an argument that cannot go is refused without a try': async ({ parsl, folder }) => {
    const app = parsl.jsApp((_given: unknown, path: string) => countUp(path), { retries: 3, infrastructureRetries: 3 })
    expect(await errorOf(app({ line: new Socket() }, folder.at('ran')))).toMatchObject(isRefused)
    expect(existsSync(folder.at('ran'))).toBe(false)
  },
  'an error that holds what cannot travel still says what it was': async ({ parsl }) => {
    const app = parsl.jsApp(() => {
      throw Object.assign(new TypeError('the line is dead'), { socket: new Socket() })
    })
    expect(inspect(await errorOf(app()))).toContain('the line is dead')
  },
}

/** What cannot travel. */
export const returning: Group<Bench> = {
  name: 'what cannot travel',
  when: ({ isolation }) => isolation !== 'none',
  cases: besideOthers(cases),
}
