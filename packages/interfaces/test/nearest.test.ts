import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, nearestName } from '../src/nearest.ts'

describe('nearestName', () => {
  it.each([
    ['wallTime', 'walltime'],
    ['waltime', 'walltime'],
    ['executers', 'executors'],
    ['executors', 'executors'],
    ['STDOUT', 'stdout'],
    ['stdoutt', 'stdout'],
    ['stder', 'stderr'],
  ])('finds for %o the name %o', (name, near) => {
    expect(nearestName(name, ['retries', 'walltime', 'stdout', 'stderr', 'executors'])).toBe(near)
  })

  it('finds none where more than two letters and more than a third would change', () => {
    expect(nearestName('colour', ['walltime', 'retries'])).toBeUndefined()
    expect(nearestName('abcdef', ['abcxyz'])).toBeUndefined()
  })

  it('allows a third of a long name to change', () => {
    expect(nearestName('maxConcurrentTask', ['maximumConcurrentTasks'])).toBe('maximumConcurrentTasks')
    expect(nearestName('abcdefghi', ['abcdefxyz'])).toBe('abcdefxyz')
    expect(nearestName('abcdefgh', ['abcdexyz'])).toBeUndefined()
  })

  it('finds none among no names', () => {
    expect(nearestName('x', [])).toBeUndefined()
  })

  it('takes the first of equally near names', () => {
    expect(nearestName('bat', ['bar', 'cat'])).toBe('bar')
    expect(nearestName('bat', new Set(['cat', 'bar']))).toBe('cat')
  })

  it('finds every name that is known, whatever the others are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), fc.nat(), (names, pick) => {
        const name = names[pick % names.length] ?? ''
        expect(nearestName(name, names)).toBe(name)
      }),
    )
  })
})

describe('didYouMean', () => {
  it('is the end of a sentence where a name is near', () => {
    expect(didYouMean('walltimes', ['walltime'])).toBe(': did you mean "walltime"?')
  })

  it('is empty where none is', () => {
    expect(didYouMean('colour', ['walltime'])).toBe('')
  })
})
