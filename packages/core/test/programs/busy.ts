/** Keeps commands of every unruly kind, quick commands and bodies under way, until something ends it. */
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { bashApp, inProcessExecutor, jsApp, load, sh, task } from '@parsl/core'

interface BusyOptions {
  readonly onSubmitterLost?: 'end' | 'finish'
  /** How it ends itself, and when. */
  readonly end?: { readonly how: 'exit' | 'throw' | 'reject'; readonly ms: number }
}

const { onSubmitterLost = 'end', end } = JSON.parse(process.argv[2] ?? '{}') as BusyOptions

const parsl = await load({
  killGrace: '300ms',
  progress: false,
  onSubmitterLost,
  executors: [inProcessExecutor({ processes: 16 })],
})
writeSync(1, `run ${parsl.runId}\n`)

const family = bashApp(() => sh`sleep 301 & bash -c 'sleep 302 & sleep 303; true' & wait`)
const stubborn = bashApp(() => sh`trap '' TERM; sleep 304 & while :; do sleep 305; done`)
const runaway = bashApp(() => sh`setsid sleep 306 & setsid bash -c 'trap "" TERM; sleep 307 & sleep 308; true' & wait`)
const orphaned = bashApp(() => sh`(sleep 309 & setsid sleep 310 &) ; sleep 311`)
const stopped = bashApp(() => sh`sleep 312 & kill -STOP $$`)
const quick = bashApp(() => sh`sleep 0.01 & wait`)
const body = jsApp(() => pause(600_000, undefined, { signal: task().signal }))
const deaf = jsApp(() => pause(600_000))

if (end) {
  const ends = {
    exit: () => process.exit(7),
    throw: () => {
      throw new Error('thrown on purpose')
    },
    reject: () => void Promise.reject(new Error('rejected on purpose')),
  }
  setTimeout(ends[end.how], end.ms)
}

const submitted = [body(), deaf()]
const say = async (future: (typeof submitted)[number] | ReturnType<typeof quick>): Promise<void> => {
  await future.settled()
  writeSync(1, `settled ${future.taskId} ${future.state}\n`)
}
for (const future of submitted) void say(future)

const keepBusy = async (): Promise<void> => {
  for (const app of [family, stubborn, runaway, orphaned, stopped]) {
    void say(app())
    await quick().settled()
  }
  for (;;) await Promise.all([quick(), quick(), quick()])
}
// Once the kernel takes no more, there is nothing more to keep busy.
keepBusy().catch(() => writeSync(1, `submitted ${parsl.taskCount}\n`))
