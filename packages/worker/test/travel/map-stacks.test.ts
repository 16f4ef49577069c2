import { expect, it } from 'vitest'
import { mapStacks } from '../../src/travel/map-stacks.js'

const functions = { mappedStack: (stack: string) => `mapped: ${stack.split('\n', 1)[0]}` }

it('maps the stacks of an error, of its causes and of all errors in it, once', () => {
  const errors = ['a', 'b', 'c'].map((name) => new Error(name))
  const cause = new Error('cause', { cause: errors[0] })
  const thrown = new AggregateError(errors, 'all', { cause })
  mapStacks(thrown, functions)
  const stacks = [thrown, cause, ...errors].map(({ stack }) => stack)
  expect(stacks).toEqual(
    ['AggregateError: all', 'Error: cause', 'Error: a', 'Error: b', 'Error: c'].map((text) => `mapped: ${text}`),
  )
})

it('leaves what is no error, and a stack that cannot be changed, but not its cause', () => {
  const cause = new Error('cause')
  const fixed = Object.defineProperty(new Error('fixed', { cause }), 'stack', { value: 'as it was', writable: false })
  for (const thrown of [undefined, null, 'text', fixed]) mapStacks(thrown, functions)
  expect([fixed.stack, cause.stack]).toEqual(['as it was', 'mapped: Error: cause'])
})
