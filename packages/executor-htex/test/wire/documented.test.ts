import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toManager } from '../../src/wire/codec.js'
import { intoFrames } from '../../src/wire/envelope.js'
import { framed } from '../../src/wire/frames.js'
import { typesOf } from './samples.js'

const page = readFileSync(new URL('../../../../docs/reference/htex-wire.md', import.meta.url), 'utf8')
const stop = toManager.pack({ type: 'stop', id: 7, reason: 'why' })

/** Bytes as the page shows them, without its spaces. */
const shown = new Set([...page.matchAll(/```text\n([^`]*)\n```/g)].map(([, text = '']) => text.replaceAll(' ', '')))

const titles = {
  fromProgram: 'Program to interchange',
  toProgram: 'Interchange to program',
  fromManager: 'Manager to interchange',
  toManager: 'Interchange to manager',
}

describe('the page of the wire', () => {
  it('shows a message on the socket to the byte', () => {
    expect(shown).toContain(Buffer.concat(framed(stop)).toString('hex'))
  })

  it('shows a message on ZeroMQ to the byte', () => {
    const [frame] = intoFrames({ session: 's1', seq: 3, ack: 2 }, stop)
    expect(shown).toContain(Buffer.from(frame as Uint8Array).toString('hex'))
  })

  it.each(Object.keys(titles) as (keyof typeof titles)[])('names every message of %s', (direction) => {
    const table = page.split(`${titles[direction]}:\n`)[1]?.split('\n\n')[0] ?? ''
    const named = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
    expect(new Set(named)).toEqual(new Set(typesOf[direction]))
  })
})
