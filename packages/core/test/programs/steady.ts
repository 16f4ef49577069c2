/** Runs a number of commands and bodies to their end, and says how each ended. */
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { bashApp, inProcessExecutor, jsApp, load, sh } from '@parsl/core'

interface SteadyOptions {
  readonly tasks: number
  /** Of each task. */
  readonly seconds: number
  readonly atOnce?: number
  /** Fails every command, to be tried again. */
  readonly retries?: number
  /** Every eighth command leaves processes behind, in and out of its group. */
  readonly messy?: boolean
  /** What the end of the program's own code is. */
  readonly end: 'await' | 'nothing' | 'close'
  /** Bodies sit in the program for ever, so that something is left to be rejected. */
  readonly endless?: boolean
}

const options = JSON.parse(process.argv[2] ?? '{}') as SteadyOptions
const { tasks, seconds, atOnce = 4, retries, messy = false, end, endless = false } = options

const say = (line: string): void => {
  try {
    writeSync(1, `${line}\n`)
  } catch {
    return
  }
}

const parsl = await load({
  killGrace: '300ms',
  progress: false,
  executors: [inProcessExecutor({ processes: atOnce })],
})
say(`run ${parsl.runId}`)

const leftovers = `sleep 301 & (setsid sleep 302 &); (trap '' TERM; sleep 303) &`
const outcome = retries === undefined ? '' : 'exit 3'
const command = bashApp(
  (index: number) =>
    sh`echo run >> started-${index}; ${sh.raw(messy && index % 8 === 0 ? leftovers : '')} sleep ${seconds}; echo run >> ended-${index}; ${sh.raw(outcome)}`,
  { stdout: 'ignore', stderr: 'ignore', ...(retries === undefined ? {} : { retries }) },
)
const body = jsApp((_index: number) => pause(endless ? 600_000 : seconds * 1_000, undefined, { ref: !endless }))

const futures = Array.from({ length: tasks }, (_, index) => (index % 4 === 3 ? body(index) : command(index)))
const settled = futures.map(async (future) => {
  const { ok } = await future.settled()
  say(`settled ${future.taskId} ${future.state}`)
  return ok
})

if (end === 'close') {
  await pause(seconds * 1_000)
  await parsl.close()
}
if (end !== 'nothing') {
  await Promise.all(settled)
  await parsl.close()
  say('closed')
}
