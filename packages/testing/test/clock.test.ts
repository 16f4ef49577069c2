import { expect, it } from 'vitest'
import { fakeClock } from '../src/index.js'

it('stands until it is told to go on', () => {
  const clock = fakeClock(1_000)
  const calls: [string, number][] = []
  const note = (name: string) => () => void calls.push([name, clock.now()])
  clock.after(20, note('late'))
  clock.after(10, () => {
    note('early')()
    clock.after(5, note('inner'))
  })
  const callOff = clock.after(15, note('never'))
  callOff()
  expect([clock.now(), clock.waiting(), clock.untilNext()]).toEqual([1_000, 2, 10])
  clock.advance(9)
  expect(calls).toEqual([])
  clock.advance(100)
  expect(calls).toEqual([
    ['early', 1_010],
    ['inner', 1_015],
    ['late', 1_020],
  ])
  expect([clock.now(), clock.waiting(), clock.untilNext()]).toEqual([1_109, 0, undefined])
})
