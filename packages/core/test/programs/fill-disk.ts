/** Appends entries to a checkpoint, one after the other, as it is told to on standard input; says what became of each. */
import { createInterface } from 'node:readline'
import { createCheckpoint } from '../../src/memo/store/create.js'
import { entryOf } from '../memo/store/samples.js'

const [, , dir = ''] = process.argv

const run = async (): Promise<void> => {
  const writer = await createCheckpoint(dir, { durability: 'power', runId: 'run' })
  process.stdout.write('ready\n')
  for await (const line of createInterface({ input: process.stdin })) {
    const number = Number(line)
    const outcome = await writer.append([entryOf(number, { value: new Uint8Array(10_000).fill(number) })]).then(
      () => 'kept',
      (error: Error) => error.message,
    )
    process.stdout.write(`${number} ${outcome}\n`)
  }
  await writer.close()
}
void run()
