import { execFileSync } from 'node:child_process'
import { eventually, scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { openCheckpoints } from '../../../src/memo/store/open.js'
import { startChild } from './child.js'
import { entryOf, keyOf } from './samples.js'

/** The system cuts the write that would pass this, and refuses the next. */
const LIMIT = 64 * 1_024

describe.skipIf(process.platform !== 'linux')(
  'a file that cannot grow (limits of a process can be changed on Linux only)',
  () => {
    it('costs the results that do not fit, with the reason; once it can, later ones are kept', async () => {
      await using place = await scratch()
      // Ignored, or the signal would end the program.
      const wrapper = `trap '' XFSZ; exec prlimit --fsize=${LIMIT}:unlimited "$@"`
      await using child = startChild('fill-disk', [place.path], wrapper)
      const says = async (line: string): Promise<string> => {
        child.write(line)
        const answer = (): string | undefined => child.lines.find((said) => said.startsWith(`${line} `))
        await eventually(() => answer() !== undefined, { guardMs: 50_000, state: child.errorText })
        return (answer() as string).slice(line.length + 1)
      }
      const outcomes: string[] = []
      for (let number = 0; number < 9; number++) outcomes.push(await says(String(number)))
      const kept = outcomes.filter((outcome) => outcome === 'kept').length
      expect(kept).toBe(6)
      expect(outcomes.slice(0, kept)).toEqual(Array(kept).fill('kept'))
      for (const outcome of outcomes.slice(kept))
        expect(outcome).toBe(
          `cannot use the checkpoint ${place.at('tasks.ckpt')}: results cannot be written: EFBIG: file too large, write`,
        )
      execFileSync('bash', ['-c', `prlimit --pid ${child.pid} --fsize=unlimited:unlimited`])
      for (const number of [20, 21]) expect(await says(String(number))).toBe('kept')
      child.kill()
      await child.ended
      const reader = await openCheckpoints([place.path])
      expect(reader.problems).toEqual([])
      expect(reader.entries).toBe(kept + 2)
      for (const number of [0, kept - 1, 20, 21])
        expect(await reader.read(keyOf(number))).toEqual(
          entryOf(number, { value: new Uint8Array(10_000).fill(number) }),
        )
      await reader.close()
    })
  },
)

describe('a result of a hundred megabytes', () => {
  it('is kept, and read only when it is asked for', async () => {
    await using place = await scratch()
    const { createCheckpoint } = await import('../../../src/memo/store/create.js')
    const writer = await createCheckpoint(place.path, { durability: 'process', runId: 'run' })
    const value = Buffer.alloc(100_000_000, 'parsl')
    await writer.append([entryOf(1, { value }), entryOf(2)])
    await writer.close()
    const before = process.memoryUsage().arrayBuffers
    const reader = await openCheckpoints([place.path])
    let seen = 0
    for await (const { valueBytes } of reader.scan()) seen += valueBytes
    expect(seen).toBe(value.length + 4)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
    expect(Buffer.compare((await reader.read(keyOf(1)))?.value as Uint8Array, value)).toBe(0)
    await reader.close()
  })
})
