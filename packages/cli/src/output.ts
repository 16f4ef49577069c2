import { styleText } from 'node:util'

/** Whoever read our output has gone: there is nothing left to do, and nothing to complain about. */
export const endQuietlyOnBrokenPipe = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit()
    })
  }
}

/** Writes a line to standard output; waits where its reader is slower than we are. */
export const print = (line: string): Promise<void> => write(`${line}\n`)

/** Writes to standard output; waits where its reader is slower than we are. */
export const write = (text: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => void process.stdout.write(text, () => resolve()))

/** Says on standard error what went wrong. */
export const complain = (message: string): void => void process.stderr.write(`parsl: ${message}\n`)

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

/** Colours a text where standard output is a terminal that wants colours. */
export const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })

/** One column of a table. */
export interface Column<Row> {
  readonly title: string
  readonly align?: 'right'
  readonly style?: (row: Row) => Style | undefined
  of(row: Row): string
}

/** Lines of a table: a heading, and one line a row; columns as wide as they need to be. */
export const table = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] => {
  const cells = columns.map((column) => rows.map((row) => column.of(row)))
  const widths = columns.map(({ title }, index) =>
    (cells[index] ?? []).reduce((width, cell) => Math.max(width, cell.length), title.length),
  )
  const padded = (text: string, index: number): string => {
    const width = index === columns.length - 1 && columns[index]?.align === undefined ? 0 : (widths[index] ?? 0)
    return columns[index]?.align === 'right' ? text.padStart(width) : text.padEnd(width)
  }
  const heading = columns.map(({ title }, index) => padded(title, index)).join('  ')
  const lineOf = (row: Row, number: number): string =>
    columns
      .map(({ style }, index) => {
        const text = padded(cells[index]?.[number] ?? '', index)
        const chosen = style?.(row)
        return chosen === undefined ? text : styled(chosen, text)
      })
      .join('  ')
  return [styled('bold', heading), ...rows.map(lineOf)]
}
