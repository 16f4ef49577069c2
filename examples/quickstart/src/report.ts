import { writeFile } from 'node:fs/promises'
import type { DataFile } from '@parsl/core'
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Slot } from './flights.ts'

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`

/** Hours of the week with more than 0.1 % of the flights: who leaves at 3 in the morning is an evening flight that waited. */
const usual = (slots: readonly Slot[]) => {
  const flights = sum(slots.map((slot) => slot.flights))
  return slots.filter((slot) => slot.flights > flights / 1_000)
}

/** Draws the share of late flights as a heat map. */
export const drawChart = async (slots: readonly Slot[], chart: DataFile) => {
  const values = usual(slots).map((slot) => ({ ...slot, day: weekdays[slot.weekday], share: slot.late / slot.flights }))
  const spec: TopLevelSpec = {
    title: 'Flights that arrive 15 minutes late or more',
    width: 600,
    data: { values },
    mark: 'rect',
    encoding: {
      x: { field: 'hour', type: 'ordinal', title: 'hour of departure', axis: { labelAngle: 0 } },
      y: { field: 'day', type: 'ordinal', title: null, sort: weekdays },
      color: { field: 'share', type: 'quantitative', title: 'late', legend: { format: '.0%' } },
    },
  }
  await writeFile(chart.path, await new View(parse(compile(spec).spec)).toSVG())
}

/** Writes the report in Markdown, and gives how many flights it is about. */
export const writeReport = async (slots: readonly Slot[], chart: DataFile, report: DataFile) => {
  const flights = sum(slots.map((slot) => slot.flights))
  const late = sum(slots.map((slot) => slot.late))
  const ranked = usual(slots).toSorted((a, b) => a.late / a.flights - b.late / b.flights)
  const rows = [...ranked.slice(0, 3), ...ranked.slice(-3)].map(
    (slot) => `| ${weekdays[slot.weekday]}, ${slot.hour}:00 | ${slot.flights} | ${percent(slot.late, slot.flights)} |`,
  )
  const text = `# When do flights arrive late?

Of ${flights} flights, ${percent(late, flights)} arrived 15 minutes late or more. The earlier they left, the fewer.

![Share of late flights by weekday and hour of departure](${chart.filename})

The three best and the three worst hours of the week to leave:

| departure | flights | late |
| --------- | ------: | ---: |
${rows.join('\n')}
`
  await writeFile(report.path, text)
  return { flights, text }
}
