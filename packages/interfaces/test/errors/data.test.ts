import { expect, it } from 'vitest'
import { MissingInputs } from '../../src/errors/data.ts'

it('MissingInputs speaks of several files in the plural', () => {
  expect(new MissingInputs('align', ['/a', '/b']).message).toBe('app align needs /a, /b, which are not there')
})
