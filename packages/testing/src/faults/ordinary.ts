import { isParslError } from '@parsl/core'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from '../workflows/bench.js'
import { besideOthers } from './bystander.js'
import type { Expectations } from './expectations.js'

const MEGABYTES_10 = 10 * 2 ** 20

const deeper = (n: number): number => 1 + deeper(n + 1)

const cases: Cases<Bench> = {
  'a stack overflow is a RangeError of the body': async ({ parsl }) => {
    const error = await errorOf(parsl.jsApp(() => deeper(0))())
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toContain('call stack')
  },
  'ten megabytes go there and come back whole': async ({ parsl }) => {
    const text = parsl.jsApp((length: number) => 'abcdefgh'.repeat(length / 8))
    expect((await text(MEGABYTES_10)) === 'abcdefgh'.repeat(MEGABYTES_10 / 8)).toBe(true)
    const bytes = new Uint8Array(MEGABYTES_10).map((_, index) => index % 251)
    const echo = parsl.jsApp((given: Uint8Array) => given)
    expect(Buffer.compare(await echo(bytes), bytes)).toBe(0)
  },
}

/** Which error such a body comes to depends on whether anyone can see that nothing is left to wait for. */
const neverSettles = ({ stalls }: Expectations): Cases<Bench> => ({
  'a body that waits for nothing is found out, or ended by its walltime': async ({ parsl, capabilities }) => {
    const isFoundOut = stalls ?? capabilities.isolation !== 'none'
    const app = parsl.jsApp(() => new Promise<never>(() => {}), {
      walltime: isFoundOut ? '60s' : '200ms',
      name: 'wait',
    })
    expect(await errorOf(app())).toMatchObject({ code: isFoundOut ? 'PARSL_APP_STALLED' : 'PARSL_APP_TIMEOUT' })
  },
})

const importsMissing = ({ missingPackage }: Expectations): Cases<Bench> =>
  missingPackage
    ? {
        'a package that the worker does not have is named': async ({ parsl }) => {
          const error = await errorOf(parsl.jsApp(missingPackage.body)())
          const { code } = error as { code?: string }
          expect(isParslError(error, 'PARSL_DESERIALIZE') || code === 'ERR_MODULE_NOT_FOUND', String(error)).toBe(true)
          expect(error.message).toContain(missingPackage.name)
        },
      }
    : {}

/** Faults that no worker need end of. */
export const ordinary = (expectations: Expectations): Group<Bench> => ({
  name: 'bodies',
  cases: besideOthers({ ...cases, ...neverSettles(expectations), ...importsMissing(expectations) }),
})
