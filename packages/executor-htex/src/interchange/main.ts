// The process of an interchange. It lives as long as its standard input is open.
import { createInterface } from 'node:readline'
import { Interchange } from './interchange.js'
import { type InterchangeStart, readStart } from './settings.js'

/** How it ended, for whoever started it. */
const EXIT = { ended: 0, failed: 1, badSettings: 2 } as const

const say = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const run = async (start: InterchangeStart, parentGone: Promise<void>): Promise<number> => {
  const interchange = new Interchange(start)
  void parentGone.then(() => interchange.leave())
  process.once('SIGTERM', () => interchange.leave())
  try {
    await interchange.open()
  } catch (error) {
    const message = `the interchange cannot start: ${say(error)}`
    process.stderr.write(`${message}\n`)
    interchange.log('error', message)
    await interchange.close()
    return EXIT.failed
  }
  await interchange.ended
  await interchange.close()
  return EXIT.ended
}

process.title = 'parsl interchange'
// Of a terminal: the program decides what follows.
process.on('SIGINT', () => undefined)
const lines = createInterface({ input: process.stdin })
const parentGone = new Promise<void>((resolve) => {
  lines.once('close', () => resolve())
})

lines.once('line', (line) => {
  let start: InterchangeStart
  try {
    start = readStart(line)
  } catch (error) {
    process.stderr.write(`the interchange cannot start: ${say(error)}\n`)
    process.exit(EXIT.badSettings)
  }
  void run(start, parentGone).then((code) => process.exit(code))
})
