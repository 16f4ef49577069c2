import { expect, it } from 'vitest'
import { newEagerness } from '../src/eagerness.js'

/** Whether each of so many attempts looks, where looking ends like that. */
const looks = (eagerness: ReturnType<typeof newEagerness>, count: number, hasFound: boolean): boolean[] =>
  Array.from({ length: count }, () => {
    const isLooking = eagerness.begin() !== undefined
    if (isLooking) eagerness.ended(hasFound)
    return isLooking
  })

it('looks less and less often where that is in vain, and each time again once it was not', () => {
  const eagerness = newEagerness()
  expect(looks(eagerness, 5, true)).toEqual([true, true, true, true, true])
  expect(looks(eagerness, 6, false)).toEqual([true, false, true, false, false, false])
  const often = looks(eagerness, 1_000, false).filter(Boolean).length
  expect(often).toBeGreaterThan(10)
  expect(often).toBeLessThan(30)
  for (let tries = 0; tries < 65 && eagerness.begin() === undefined; tries++);
  eagerness.ended(true)
  expect(looks(eagerness, 3, true)).toEqual([true, true, true])
})
