import { describe, expect, it } from 'vitest'
import { failuresOf } from './kit-run.js'

/** Those that the faults are about: each fault that only shows in the end makes every test wait for its guard. */
const ASKED = [
  'gives what a body returns',
  'starts no body within',
  'counts what it holds',
  'tells of the start',
  'refuses what comes after',
  'smaller priorities start first',
]

/** Of each fault a test that must fail. */
const FINDS: readonly (readonly [string, string])[] = [
  ['reports twice', 'reports > tells of the start, then of the end, with the object that was submitted'],
  ['reports a copy', 'reports > tells of the start, then of the end, with the object that was submitted'],
  ['never says that it started', 'submit > gives what a body returns, at once or later'],
  ['starts within submit', 'submit > starts no body within the call'],
  ['leaves a process', 'submit > gives what a body returns, at once or later'],
  ['counts nothing', 'submit > counts what it holds, and how many run at once'],
  ['runs after close', 'close > refuses what comes after it'],
  ['claims priorities', 'priorities > smaller priorities start first, equal ones in order, those without one last'],
]

describe('the contract kit', () => {
  it('finds what executors do wrong', async () => {
    const failures = await failuresOf('bad-executors', ASKED)
    for (const [name, test] of FINDS) expect(failures[name], name).toContain(test)
  })
})
