/** Awaits some tasks on the default executor, and closes nothing. */
import { sh } from '@parsl/core'
import { say, start } from './local.ts'

const parsl = await start('default')
const square = parsl.jsApp((n: number) => n * n)
const command = parsl.bashApp(() => sh`exit 0`)
const squares = await Promise.all([1, 2, 3].map((n) => square(n)))
await command()
say(`squares ${squares.join(' ')}`)
