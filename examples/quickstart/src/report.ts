import { readFile, writeFile } from 'node:fs/promises'
import type { DataFile } from '@parsl/core'
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Estimate } from './bootstrap.ts'

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** The hours of the week in which more than one flight in a thousand leaves. */
const usualHours = (estimates: readonly Estimate[]) => {
  const flights = estimates.reduce((sum, { count }) => sum + count, 0)
  return estimates
    .map((estimate, hour) => ({ ...estimate, day: weekdays[Math.floor(hour / 24)], hour: hour % 24 }))
    .filter(({ count }) => count > flights / 1_000)
}

/** Writes a line for each usual hour: weekday, hour, flights, minutes of delay, and from where to where these may be. */
export const writeTable = async (estimates: readonly Estimate[], table: DataFile) => {
  const lines = usualHours(estimates).map(
    ({ day, hour, count, value, low, high }) => `${day},${hour}:00,${count},${value},${low},${high}\n`,
  )
  await writeFile(table.path, lines.join(''))
}

/** Draws the delays as a heat map. */
export const drawChart = async (estimates: readonly Estimate[], chart: DataFile) => {
  const spec: TopLevelSpec = {
    title: 'Minutes that nine of ten flights are late at most',
    width: 600,
    data: { values: usualHours(estimates) },
    mark: 'rect',
    encoding: {
      x: { field: 'hour', type: 'ordinal', title: 'hour of departure', axis: { labelAngle: 0 } },
      y: { field: 'day', type: 'ordinal', title: null, sort: weekdays },
      color: { field: 'value', type: 'quantitative', title: 'minutes' },
    },
  }
  await writeFile(chart.path, await new View(parse(compile(spec).spec)).toSVG())
}

/** Writes the report in Markdown, and gives how many flights it is about. */
export const writeReport = async (
  estimates: readonly Estimate[],
  ranked: DataFile,
  chart: DataFile,
  report: DataFile,
) => {
  const flights = estimates.reduce((sum, { count }) => sum + count, 0)
  const lines = (await readFile(ranked.path, 'utf8')).trim().split('\n')
  const rows = [...lines.slice(0, 3), ...lines.slice(-3)].map((line) => {
    const [day, hour, count, value, low, high] = line.split(',')
    return `| ${day}, ${hour} | ${count} | ${value} min | ${low} to ${high} min |`
  })
  const text = `# How late are nine of ten flights?

Of ${flights} flights, by weekday and hour of departure. The earlier they left, the less late they were.

![Heat map of delays by weekday and hour of departure](${chart.filename})

The three best and the three worst hours of the week to leave:

| departure | flights | nine of ten are late at most | 95 % sure |
| --------- | ------: | ---------------------------: | --------: |
${rows.join('\n')}
`
  await writeFile(report.path, text)
  return flights
}
