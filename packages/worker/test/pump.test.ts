import { eventually } from '@parsl/testing'
import { expect, it } from 'vitest'
import { newPump } from '../src/pump.js'

it('starts until nothing is left, and once for those who ask twice', async () => {
  let left = 200
  let calls = 0
  const ask = newPump(() => {
    calls++
    return --left > 0
  })
  ask()
  ask()
  expect(calls).toBe(0)
  await eventually(() => left === 0)
  expect(calls).toBe(200)
})

it('hears who asks while it starts', async () => {
  let calls = 0
  const ask = newPump(() => {
    if (++calls < 3) ask()
    return false
  })
  ask()
  await eventually(() => calls === 3)
  ask()
  await eventually(() => calls > 3)
  expect(calls).toBe(4)
})
