// A hundred measurements and their sum. Nothing in it knows that it is killed.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { basicMemoizer, jsApp, load } from '@parsl/core'

const where = process.env['WHERE'] ?? '.'

// What a body reads from its environment does not count, so each start has the same calls.
const measure = jsApp(
  async (n: number, journal: string) => {
    appendFileSync(journal, `${process.env['ROUND']} ${n}\n`)
    await pause(20)
    return n * n
  },
  { cache: true },
)
const sum = jsApp((values: readonly number[]) => values.reduce((total, value) => total + value, 0), { cache: true })

// 'taskExit': the result is in the file before the future settles.
const memoizer = basicMemoizer({ checkpointMode: 'taskExit' })
await load({ memoizer, runDir: join(where, 'runinfo'), progress: false }, async (kernel) => {
  const futures = Array.from({ length: 100 }, (_, n) => measure(n, join(where, 'journal')))
  for (const [n, future] of futures.entries()) void future.then(() => console.log(`got ${n}`))
  console.log(`the sum is ${await sum(futures)}`)
  const { execDone, memoDone } = kernel.taskStateCounts
  console.log(`${execDone + memoDone} results, ${memoDone < 75 ? 'fewer than' : 'at least'} 75 of them remembered`)
})
