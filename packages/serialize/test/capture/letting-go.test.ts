import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createFunctions } from '../../src/index.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

it('lets go of functions that were captured, many of them in one turn, when nobody else holds them', async () => {
  const functions = createFunctions()
  const captured = (count: number): { readonly refs: WeakRef<object>[]; readonly sizes: Set<number> } => {
    const refs: WeakRef<object>[] = []
    const sizes = new Set<number>()
    for (let index = 0; index < count; index++) {
      const fn = () => index + 1_000
      sizes.add(functions.capture(fn, 'fn').bytes.byteLength)
      refs.push(new WeakRef(fn))
    }
    return { refs, sizes }
  }
  const { refs, sizes } = captured(350)
  await nextTurn()
  collectGarbage()
  expect(refs.filter((ref) => ref.deref() !== undefined)).toEqual([])
  // A larger number takes more bytes; nothing else makes a message larger than that of the one before.
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2)
})
