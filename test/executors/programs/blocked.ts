/** Ends while a thread is in native code that blocks for longer than the test waits. */
import { pbkdf2Sync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { optionsOf, say, start } from './local.ts'

const { end } = optionsOf<{ readonly end: 'close' | 'exitCode' | 'nothing' }>()
const parsl = await start('threads')
const block = parsl.jsApp(() => {
  writeFileSync('blocked', '')
  return pbkdf2Sync('secret', 'salt', 1e9, 64, 'sha512').length
})

const future = block.with({ walltime: '2s' })()
await future.settled()
say(`settled ${future.taskId} ${future.state}`)
if (end !== 'nothing') await parsl.close()
if (end === 'exitCode') process.exitCode = 7
