import { describe, expect, it } from 'vitest'
import { AppTimeout } from '../../src/errors/app.ts'
import { ConfigurationError } from '../../src/errors/config.ts'

const timeout = () => new AppTimeout({ app: 'align', limit: 'walltime', limitMs: 1_000 })

describe('ParslError', () => {
  it('is an Error with its facts in details', () => {
    const error = timeout()
    expect(error).toBeInstanceOf(Error)
    expect(error.details).toEqual({ app: 'align', limit: 'walltime', limitMs: 1_000 })
    expect(error.stack).toContain('AppTimeout')
  })

  it('has a cause only where one was given', () => {
    expect('cause' in timeout()).toBe(false)
    const cause = new Error('x')
    expect(new ConfigurationError(['a'], { cause }).cause).toBe(cause)
  })

  it('hides its brand from those who list its fields', () => {
    expect(Object.keys(timeout()).toSorted()).toEqual(['code', 'details', 'name'])
    expect(Object.getOwnPropertySymbols(Object.assign({}, timeout()))).toEqual([])
  })
})
