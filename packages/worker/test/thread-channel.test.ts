import { MessageChannel } from 'node:worker_threads'
import { eventually } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import type { FromWorker, ToWorker } from '../src/messages.js'
import { heardByWorker, heardFromWorker, postedByWorker, postedToWorker } from '../src/posted.js'
import { newChannelMemory, openChannel } from '../src/thread-channel.js'

/** Both ends in one thread, and what each of them has heard. */
const newEnds = () => {
  const { port1, port2 } = new MessageChannel()
  const memory = newChannelMemory()
  const heard: FromWorker[] = []
  const told: ToWorker[] = []
  const pool = openChannel(
    { port: port1, sends: memory.toWorker, hears: memory.fromWorker },
    { pack: postedToWorker, unpack: heardFromWorker, hear: (messages) => heard.push(...messages) },
  )
  const worker = openChannel(
    { port: port2, sends: memory.fromWorker, hears: memory.toWorker },
    { pack: postedByWorker, unpack: heardByWorker, hear: (messages) => told.push(...messages) },
  )
  pool.sleeps()
  worker.sleeps()
  return { pool, worker, heard, told, [Symbol.dispose]: () => port1.close() }
}

const run = (id: number, bytes = 10): ToWorker => ({
  type: 'run',
  id,
  slot: id,
  task: id,
  attempt: 0,
  spec: 's',
  body: 'b',
  args: new Uint8Array(bytes),
  files: undefined,
  parts: [],
  shares: [],
})

const result = (id: number, bytes = 10): FromWorker => ({
  type: 'succeeded',
  id,
  ms: 1,
  value: new Uint8Array(bytes),
})

const ids = (messages: readonly (FromWorker | ToWorker)[]): number[] =>
  messages.flatMap((message) => ('id' in message ? [message.id] : []))

describe('the way between a pool and a thread', () => {
  it('wakes who sleeps, for results small and large, more of them than there is memory for', async () => {
    using ends = newEnds()
    const count = 2_000
    for (let id = 0; id < count; id++) ends.worker.send(result(id, id % 100 === 0 ? 100_000 : 200))
    await eventually(() => ends.heard.length === count)
    expect(ids(ends.heard)).toEqual(Array.from({ length: count }, (_, id) => id))
    ends.worker.send(result(count))
    await eventually(() => ends.heard.length === count + 1)
  })

  it('lets nothing overtake what was sent before', async () => {
    using ends = newEnds()
    ends.pool.send([run(1), run(2)])
    ends.pool.send([{ type: 'stop', id: 2, reason: 'enough' }])
    ends.pool.send([run(3, 100_000)])
    ends.pool.send([run(4), { type: 'end' }])
    await eventually(() => ends.told.length === 6)
    expect(ends.told.map(({ type }) => type)).toEqual(['run', 'run', 'stop', 'run', 'run', 'end'])
    expect(ids(ends.told)).toEqual([1, 2, 2, 3, 4])
  })

  it('gives what was sent to who takes it, without the event loop', () => {
    using ends = newEnds()
    ends.pool.looks()
    ends.worker.send(result(1))
    ends.worker.send(result(2, 100_000))
    ends.worker.send(result(3))
    while (ends.pool.takeAll());
    expect(ids(ends.heard)).toEqual([1, 2, 3])
  })

  it('looks for what is expected at once', async () => {
    using ends = newEnds()
    ends.pool.expect()
    ends.worker.send(result(1))
    await eventually(() => ends.heard.length === 1)
    expect(ids(ends.heard)).toEqual([1])
  })
})
