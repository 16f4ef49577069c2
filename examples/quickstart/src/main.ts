// How late are flights, by the hour they leave? Three million of them, on all cores of this machine.
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import { bashApp, type DataFile, file, jsApp, load, output, sh } from '@parsl/core'
import { bootstrap } from './bootstrap.ts'
import { describeParquet, joinDelays, readDelays } from './flights.ts'
import { drawChart, writeReport, writeTable } from './report.ts'

const flights = file(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')))
const share = 0.9
const samples = 150

const nineOfTen = (delays: Int16Array) => bootstrap(delays, share, samples)

// JavaScript apps: each call is a task in another process. A function takes along what it uses: `share`, functions of other files,
// packages of npm.
const describe = jsApp(describeParquet)
const read = jsApp(readDelays)
const join = jsApp(joinDelays)
const estimate = jsApp(nineOfTen)
const tabulate = jsApp(writeTable)
const draw = jsApp(drawChart)
const write = jsApp(writeReport)
// A bash app: each call is a command.
const rank = bashApp((table: DataFile, ranked: DataFile) => sh`sort -t, -k4n ${table} > ${ranked}`)

const timed = async <T>(work: () => T | Promise<T>) => {
  const began = performance.now()
  return { result: await work(), seconds: (performance.now() - began) / 1_000 }
}

await rm('out', { recursive: true, force: true })
await load(async () => {
  const { rows, parts } = await describe(flights)
  // A call returns a future at once. Given to another call, it makes that one wait.
  const delays = await join(parts.map((part) => read(flights, part)))

  const tasks = await timed(() => Promise.all(delays.map((minutes) => estimate(minutes))))
  const calls = await timed(() => delays.map((minutes) => nineOfTen(minutes)))

  const [table] = tabulate(tasks.result, output('out/hours.csv')).outputs
  const [ranked] = rank(table, output('out/ranked.csv')).outputs
  const [chart] = draw(tasks.result, output('out/delays.svg')).outputs
  const counted = await write(tasks.result, ranked, chart, output('out/report.md'))

  console.log(`${counted} flights in ${parts.length} parts, of ${rows} in the source`)
  console.log(`${delays.length} tasks gave what the same calls give: ${isDeepStrictEqual(tasks.result, calls.result)}`)
  console.log(`tasks, on ${availableParallelism()} cores: ${tasks.seconds.toFixed(1)} s`)
  console.log(`calls, one after the other: ${calls.seconds.toFixed(1)} s`)
  console.log(`speed-up: ${(calls.seconds / tasks.seconds).toFixed(2)}`)
  console.log('see out/report.md and out/delays.svg')
})
