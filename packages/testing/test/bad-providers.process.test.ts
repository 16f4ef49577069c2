import { expect, it } from 'vitest'
import { failuresOf } from './kit-run.js'

/** Of each fault the tests that must fail. */
const FINDS: Readonly<Record<string, readonly string[]>> = {
  'no fault': [],
  'guesses success': ['status > knows nothing of a job that it never had, and says so'],
  'writes the environment': ['submit > gives a job its environment, which stands in no file'],
  'is deaf to signals': [
    'submit > rejects with the reason of a signal that was given before',
    'status > rejects with the reason of a signal',
  ],
  'cancels nothing': ['cancel > ends a job that runs'],
  'cancels everything': ['cancel > ends only what it was asked to'],
  'has no exit codes': ['exitCode > tells exit codes'],
}

it('the contract kit finds what providers do wrong, and nothing where nothing is', async () => {
  const failures = await failuresOf('bad-providers')
  expect(Object.keys(failures).toSorted()).toEqual(Object.keys(FINDS).toSorted())
  for (const [name, tests] of Object.entries(FINDS))
    expect(failures[name], name).toEqual(expect.arrayContaining([...tests]))
  expect(failures['no fault']).toEqual([])
})
