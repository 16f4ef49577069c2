import { describe, expect, it } from 'vitest'
import * as core from '../packages/core/src/index.ts'
import * as interfaces from '../packages/interfaces/src/index.ts'
import { workerIntrinsics } from '../packages/worker/src/index.ts'

const exported = Object.entries(core).filter(([, value]) => typeof value === 'function')
const isError = (value: unknown) =>
  value === interfaces.ParslError || (typeof value === 'function' && value.prototype instanceof interfaces.ParslError)

describe('the marks', () => {
  it.each(exported)('say whether %s of @parsl/core travels or stays', (_, value) => {
    const name = interfaces.intrinsicName(value)
    expect(name === undefined || workerIntrinsics.has(name)).toBe(true)
    expect(name ?? interfaces.reasonItStays(value)).toMatch(name === undefined ? /^it .+; .+/ : /^@parsl\//)
  })

  it('give every error class a name', () => {
    const unnamed = Object.entries(interfaces).filter(
      ([name, value]) => isError(value) && interfaces.intrinsicName(value as object) !== `@parsl/interfaces ${name}`,
    )
    expect(unnamed.map(([name]) => name)).toEqual([])
  })

  it('are on no enumerable property', () => {
    for (const [, value] of exported) {
      expect(
        Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)),
      ).toEqual([])
    }
  })
})
