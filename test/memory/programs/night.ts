/** A workflow of ten thousand tasks, each of which notes in a journal that it ran. Goes on where an earlier run was killed. */
import { appendFileSync, writeSync } from 'node:fs'
import { basicMemoizer, jsApp, load } from '@parsl/core'

const { journal, leaves } = JSON.parse(process.argv[2] ?? '{}') as { readonly journal: string; readonly leaves: number }

const noted = (name: string): void => appendFileSync(journal, `${process.env['NIGHT_ROUND']} ${name}\n`)

const measure = jsApp(
  (name: string, n: number) => {
    noted(name)
    return (n * n) % 1_009
  },
  { cache: true },
)
const combine = jsApp(
  (name: string, a: number, b: number) => {
    noted(name)
    return a + b
  },
  { cache: true },
)
const conclude = jsApp(
  (name: string, total: number) => {
    noted(name)
    return `total ${total}`
  },
  { cache: true },
)

const memoizer = basicMemoizer({ checkpointMode: 'taskExit' })
await load({ memoizer, progress: false }, async (parsl) => {
  writeSync(1, `run ${parsl.runId}\n`)
  let ran = 0
  const counted = <T extends { readonly state: string; settled(): Promise<unknown> }>(future: T): T => {
    void future.settled().then(() => {
      if (future.state === 'execDone' && ++ran % 20 === 0) writeSync(1, `ran ${ran}\n`)
    })
    return future
  }
  let level: PromiseLike<number>[] = Array.from({ length: leaves }, (_, n) => counted(measure(`leaf ${n}`, n)))
  for (let depth = 0; level.length > 1; depth++) {
    const pairs: PromiseLike<number>[] = []
    for (let at = 0; at + 1 < level.length; at += 2)
      pairs.push(
        counted(combine(`pair ${depth}-${at}`, level[at] as PromiseLike<number>, level[at + 1] as PromiseLike<number>)),
      )
    if (level.length % 2 === 1) pairs.push(level.at(-1) as PromiseLike<number>)
    level = pairs
  }
  const result = await conclude('end', level[0] as PromiseLike<number>)
  writeSync(1, `${result}, ${parsl.taskCount} tasks\n`)
})
