/** Appends entries to a checkpoint for ever, and says which are kept. */
import { createCheckpoint } from '../../src/memo/store/create.js'
import { entryOf } from '../memo/store/samples.js'

const [, , dir = '', durability = 'process', from = '0'] = process.argv

const keepOn = async (): Promise<void> => {
  const writer = await createCheckpoint(dir, { durability: durability as 'process' | 'power', runId: 'run' })
  process.stdout.write('ready\n')
  let number = Number(from)
  const one = async (): Promise<void> => {
    for (;;) {
      const mine = number++
      // Some are long, so that the end comes in the middle of one now and then.
      await writer.append([entryOf(mine, { value: new Uint8Array(mine % 7 === 0 ? 300_000 : 300).fill(mine) })])
      process.stdout.write(`kept ${mine}\n`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, one))
}
keepOn().catch((error: Error) => process.stdout.write(`failed ${error.message}\n`))
