/** Runs commands and bodies that take a while to their end. */
import { sh } from '@parsl/core'
import { setTimeout as pause } from 'node:timers/promises'
import { optionsOf, say, start, type Where } from './local.ts'

const { where, tasks, ms } = optionsOf<{ readonly where: Where; readonly tasks: number; readonly ms: number }>()
const parsl = await start(where)
const command = parsl.bashApp(
  (index: number) => sh`echo > started-${index}; sleep ${ms / 1_000}; echo > ended-${index}`,
)
const body = parsl.jsApp((_index: number) => pause(ms))

const futures = Array.from({ length: tasks }, (_, index) => (index % 2 === 0 ? command(index) : body(index)))
await Promise.all(
  futures.map(async (future) => {
    await future.settled()
    say(`settled ${future.taskId} ${future.state}`)
  }),
)
