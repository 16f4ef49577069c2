/** Keeps bodies and commands of unruly kinds under way until something ends it. */
import { sh } from '@parsl/core'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { optionsOf, say, start, type Where } from './local.ts'

const { where } = optionsOf<{ readonly where: Where }>()
const parsl = await start(where)

const waits = parsl.jsApp(() => pause(600_000))
const spins = parsl.jsApp(() => {
  for (;;);
})
const family = parsl.bashApp(() => sh`sleep 301 & bash -c 'sleep 302 & sleep 303; true' & wait`)
const stubborn = parsl.bashApp(() => sh`trap '' TERM; sleep 304 & while :; do sleep 305; done`)
const runaway = parsl.bashApp(() => sh`setsid sleep 306 & setsid bash -c 'trap "" TERM; sleep 307; true' & wait`)
const parent = parsl.jsApp(() => once(spawn('sleep', ['308'], { stdio: 'ignore' }), 'exit'))

// A thread's own children are those of the program, which ends without them as any program does.
const apps = [waits, spins, family, stubborn, runaway, ...(where !== 'threads' ? [parent] : [])]
const futures = apps.map((app) => app())
for (const future of futures) void future.settled().then(() => say(`settled ${future.taskId} ${future.state}`))
while (futures.some(({ state }) => state !== 'running')) await pause(10)
say('busy')
