import { expect, it } from 'vitest'
import { UnknownExecutor } from '../../src/errors/executor.ts'

it('UnknownExecutor speaks of the only executor in the singular', () => {
  expect(new UnknownExecutor('x', ['htex'], '').message).toBe('no executor is labelled "x"; there is htex')
})
