import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import type { FromWorker, Part, ToWorker } from '../src/messages.js'
import { heardByWorker, heardFromWorker, type Posted, postedByWorker, postedToWorker } from '../src/posted.js'
import { isLaden } from '../src/travel/laden.js'
import { sharedCopy } from '../src/travel/shared-memory.js'

/** As it comes out of a port. */
const through = ({ content, moved }: Posted): Posted['content'] => {
  const { port1, port2 } = new MessageChannel()
  port1.postMessage(content, moved)
  const received = receiveMessageOnPort(port2)?.message as Posted['content']
  port1.close()
  return received
}

const laden = (id: string, buffer: Uint8Array): Part => [id, { bytes: Uint8Array.of(1), buffers: [buffer] }]

describe('what is posted to a thread', () => {
  it('is bytes alone where nothing travels beside them', () => {
    const messages: readonly ToWorker[] = [{ type: 'parts', parts: [['a', 'text']] }, { type: 'end' }]
    const posted = postedToWorker(messages)
    expect([posted.content instanceof Uint8Array, posted.moved.length]).toEqual([true, 0])
    expect(heardByWorker(through(posted))).toEqual(messages)
  })

  it('has buffers moved and shared memory left where it is, to be kept before the messages are read', () => {
    const [own, memory] = [new Uint8Array(100_000).fill(7), sharedCopy(Uint8Array.of(1, 2))]
    const messages: readonly ToWorker[] = [
      { type: 'parts', parts: [['a', 'text'], laden('own', own)] },
      { type: 'parts', parts: [laden('memory', memory)] },
    ]
    const [kept, ...rest] = heardByWorker(through(postedToWorker(messages)))
    const parts = kept?.type === 'keep' ? kept.parts : []
    expect(parts.map(([id]) => id)).toEqual(['own', 'memory'])
    expect(rest).toEqual([
      { type: 'parts', parts: [['a', 'text']] },
      { type: 'parts', parts: [] },
    ])
    expect([own.byteLength, memory.byteLength]).toEqual([0, 2])
    const [, content = ''] = parts[1] ?? []
    if (isLaden(content)) content.buffers[0]?.fill(9, 0, 1)
    expect([...memory]).toEqual([9, 2])
  })
})

describe('what a thread posts', () => {
  it('has the buffers of a result moved', () => {
    const buffer = new Uint8Array(100_000).fill(7)
    const message: FromWorker = { type: 'succeeded', id: 3, ms: 1, value: Uint8Array.of(5), buffers: [buffer] }
    const [heard] = heardFromWorker(through(postedByWorker(message)))
    expect(heard).toMatchObject({ type: 'succeeded', id: 3, ms: 1 })
    expect(heard?.type === 'succeeded' && heard.buffers?.map(({ byteLength }) => byteLength)).toEqual([100_000])
    expect(buffer.byteLength).toBe(0)
  })

  it('is bytes alone where a result has none, and for all else', () => {
    const messages: readonly FromWorker[] = [
      { type: 'succeeded', id: 3, ms: 1, value: Uint8Array.of(5), buffers: [] },
      { type: 'ready' },
    ]
    for (const message of messages) expect(postedByWorker(message).content).toBeInstanceOf(Uint8Array)
    expect(heardFromWorker(through(postedByWorker({ type: 'ready' })))).toEqual([{ type: 'ready' }])
  })
})
