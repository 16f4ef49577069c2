// When do flights arrive late? Three million of them, counted on all cores of this machine.
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { bashApp, type Config, type DataFile, file, inProcessExecutor, jsApp, load, output, sh } from '@parsl/core'
import { addUp, describeParquet } from './flights.ts'
import { drawChart, writeReport } from './report.ts'

const flights = file(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')))
const reader = file(new URL('read-part.ts', import.meta.url))

// Bash apps: each call is a command in a process of its own, and as many run at once as there are cores.
const unpack = bashApp(
  (parquet: DataFile, part: number, rows: DataFile) => sh`${process.execPath} ${reader} ${parquet} ${part} > ${rows}`,
)
const count = bashApp(
  (rows: DataFile, counts: DataFile) => sh`
    awk -F, '{ slot = $1 "," $2; flights[slot]++; late[slot] += ($3 >= 15) }
             END { for (slot in flights) print slot "," flights[slot] "," late[slot] }' ${rows} > ${counts}`,
)

// JavaScript apps: these run in this program, between its other work.
const describe = jsApp(describeParquet)
const merge = jsApp(addUp)
const draw = jsApp(drawChart)
const write = jsApp(writeReport)

/** A call of an app returns a future at once. Given to another call, it makes that one wait. */
const workflow = async (folder: string) => {
  const { rows, parts } = await describe(flights)
  const counts = parts.map((part) => {
    const [csv] = unpack(flights, part, output(`${folder}/part-${part}.csv`)).outputs
    return count(csv, output(`${folder}/part-${part}.counts`)).outputs[0]
  })
  const slots = merge(counts)
  const [chart] = draw(slots, output(`${folder}/late.svg`)).outputs
  const report = write(slots, chart, output(`${folder}/report.md`))
  return { rows, parts: parts.length, ...(await report) }
}

const measure = async (config: Config, folder: string) => {
  const began = performance.now()
  const result = await load(config, () => workflow(folder))
  return { ...result, seconds: (performance.now() - began) / 1_000 }
}

await rm('out', { recursive: true, force: true })
const parallel = await measure({}, 'out')
const sequential = await measure({ executors: [inProcessExecutor({ processes: 1 })] }, 'out/one-at-a-time')

const { rows, parts, flights: counted, text } = parallel
console.log(`${counted} flights counted in ${parts} parts, of ${rows} in the source`)
console.log(`both runs wrote the same report: ${text === sequential.text}`)
console.log(`${availableParallelism()} commands at a time: ${parallel.seconds.toFixed(1)} s`)
console.log(`1 command at a time: ${sequential.seconds.toFixed(1)} s`)
console.log(`speed-up: ${(sequential.seconds / parallel.seconds).toFixed(2)}`)
console.log('see out/report.md and out/late.svg')
