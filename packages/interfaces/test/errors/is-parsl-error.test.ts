import { runInNewContext } from 'node:vm'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { AppTimeout, type BashExitFailure } from '../../src/errors/app.ts'
import { ConfigurationError } from '../../src/errors/config.ts'
import { type ErrorOf, isParslError } from '../../src/errors/is-parsl-error.ts'
import type { ParslError } from '../../src/errors/parsl-error.ts'

const timeout = () => new AppTimeout({ app: 'align', limit: 'walltime', limitMs: 1_000 })

/** What another copy of this package, in another realm, throws. */
const foreign = (code: string): unknown =>
  runInNewContext(
    `class ParslError extends Error {
      code = code
      constructor(message) {
        super(message)
        Object.defineProperty(this, Symbol.for('parsl.error'), { value: true })
      }
    }
    new ParslError('from elsewhere')`,
    { code },
  )

describe('isParslError', () => {
  it('knows an error of ours', () => {
    expect(isParslError(timeout())).toBe(true)
    expect(isParslError(new ConfigurationError(['x']))).toBe(true)
  })

  it.each(['PARSL', 'PARSL_APP', 'PARSL_APP_TIMEOUT'])('finds PARSL_APP_TIMEOUT below %s', (code) => {
    expect(isParslError(timeout(), code)).toBe(true)
  })

  it.each(['PARSL_APP_TIMEOUT_LONG', 'PARSL_AP', 'PARSL_APP_TIME', 'PARSL_CONFIG', ''])(
    'does not find PARSL_APP_TIMEOUT below %o',
    (code) => {
      expect(isParslError(timeout(), code)).toBe(false)
    },
  )

  it('knows an error of another copy, made in another realm', () => {
    const error = foreign('PARSL_APP_TIMEOUT')
    expect(error).not.toBeInstanceOf(Error)
    expect(isParslError(error)).toBe(true)
    expect(isParslError(error, 'PARSL_APP')).toBe(true)
    expect(isParslError(error, 'PARSL_DATA')).toBe(false)
  })

  it.each([
    new Error('x'),
    Object.assign(new Error('x'), { code: 'PARSL_APP' }),
    { code: 'PARSL_APP', name: 'AppException' },
    'PARSL_APP',
    null,
    undefined,
    5,
    () => {},
  ])('does not know %o', (value) => {
    expect(isParslError(value)).toBe(false)
    expect(isParslError(value, 'PARSL_APP')).toBe(false)
  })

  it('tells the compiler which errors have the code', () => {
    expectTypeOf<ErrorOf<'PARSL_APP_TIMEOUT'>>().toEqualTypeOf<AppTimeout>()
    expectTypeOf<AppTimeout | BashExitFailure>().toExtend<ErrorOf<'PARSL_APP'>>()
    expectTypeOf<ConfigurationError>().not.toExtend<ErrorOf<'PARSL_APP'>>()
    expectTypeOf<ErrorOf<'MY_PLUGIN'>>().toEqualTypeOf<ParslError>()
    const error: unknown = timeout()
    expect(isParslError(error, 'PARSL_APP_TIMEOUT') && error.details.limitMs).toBe(1_000)
  })
})
