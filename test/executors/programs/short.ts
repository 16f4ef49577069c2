/** Awaits some tasks, and closes nothing. */
import { sh } from '@parsl/core'
import { optionsOf, say, start, type Where } from './local.ts'

const parsl = await start(optionsOf<{ readonly where?: Where }>().where ?? 'default')
const square = parsl.jsApp((n: number) => n * n)
const command = parsl.bashApp(() => sh`exit 0`)
const squares = await Promise.all([1, 2, 3].map((n) => square(n)))
await command()
say(`squares ${squares.join(' ')}`)
