// Starts one program again and again. It is killed in the middle by SIGKILL, until it gets to its end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const WHERE = 'out'
const KILLS = 3

/** Tasks of which the program had the result before it was killed. */
const known = new Set<string>()

/** Starts the program, and kills it when it has got so many results. Gives those that it has got. */
const start = async (round: number, killAfter: number): Promise<string[]> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'survey.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, WHERE, ROUND: String(round) },
  })
  const ended = once(child, 'close')
  const got: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('got ')) console.log(`  ${line}`)
    else if (got.push(line.slice(4)) === killAfter) child.kill('SIGKILL')
  }
  const [code, signal] = await ended
  console.log(signal === null ? `  ended with code ${code}` : `  killed by ${signal}`)
  return got
}

/** Each body notes in which round it ran. */
const ranIn = async (round: number): Promise<string[]> => {
  const lines = (await readFile(join(WHERE, 'journal'), 'utf8')).split('\n').map((line) => line.split(' '))
  return lines.flatMap(([at = '', task = '']) => (at === String(round) ? [task] : []))
}

await rm(WHERE, { recursive: true, force: true })
for (let round = 1; round <= KILLS + 1; round++) {
  console.log(`start ${round}`)
  const got = await start(round, round > KILLS ? Infinity : 25 * round)
  const twice = (await ranIn(round)).filter((task) => known.has(task))
  console.log(`  ran again though their results were known: ${twice.length}`)
  for (const task of got) known.add(task)
}
