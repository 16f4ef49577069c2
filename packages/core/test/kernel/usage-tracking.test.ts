import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { testKernel } from '../fixture.js'
import { fakeExecutor } from '../executor/fake.js'

/** Counts the sockets that the program opens. */
const countSockets = () => {
  const opened: string[] = []
  const onSocket = (_: unknown, name: string | symbol): void => void opened.push(String(name))
  const channels = ['udp.socket', 'net.client.socket', 'http.client.request.start']
  for (const channel of channels) subscribe(channel, onSocket)
  return {
    opened,
    [Symbol.dispose]: () => {
      for (const channel of channels) unsubscribe(channel, onSocket)
    },
  }
}

/** Listens on this machine for datagrams. */
const listen = async () => {
  const socket = createSocket('udp4')
  const messages: Record<string, unknown>[] = []
  socket.on('message', (text) => messages.push(JSON.parse(text.toString()) as Record<string, unknown>))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    messages,
    collector: `udp://127.0.0.1:${socket.address().port}`,
    next: async (count: number) => {
      while (messages.length < count) await once(socket, 'message')
      return messages
    },
    [Symbol.asyncDispose]: async () => {
      socket.close()
      await once(socket, 'close')
    },
  }
}

describe('usage tracking', () => {
  it('opens no socket unless it is asked for', async () => {
    using sockets = countSockets()
    await using kernel = await testKernel()
    await kernel.jsApp(() => 1)()
    await kernel.bashApp(() => 'true')()
    await kernel.close()
    expect(sockets.opened).toEqual([])
  })

  it('tells the collector of the start: versions and platform', async () => {
    await using collector = await listen()
    using sockets = countSockets()
    await using kernel = await testKernel({ usageTracking: { collector: collector.collector, level: 1 } })
    expect(await collector.next(1)).toEqual([
      {
        event: 'start',
        correlator: kernel.runId,
        node: process.version,
        platform: process.platform,
        arch: process.arch,
        level: 1,
      },
    ])
    await kernel.close()
    expect(sockets.opened).toEqual(['udp.socket'])
  })

  it('tells of executors at level 2, and of the end at level 3', async () => {
    await using collector = await listen()
    const usageTracking = { collector: collector.collector, level: 3, project: 'climate' } as const
    await using kernel = await testKernel({ usageTracking, executors: [fakeExecutor({ label: 'mine' })] })
    const { counts } = await kernel.close()
    const [start, end] = await collector.next(2)
    expect(start).toMatchObject({ event: 'start', level: 3, project: 'climate', executors: ['mine'] })
    expect(end).toEqual({
      event: 'end',
      correlator: kernel.runId,
      project: 'climate',
      counts,
      seconds: expect.any(Number),
    })
  })

  it.each(['udp://no-such-host.invalid:9', 'udp://[::1]:9', 'udp://127.0.0.1:1'])(
    'costs nothing where the collector cannot be reached: %s',
    async (collector) => {
      await using kernel = await testKernel({ usageTracking: { collector, level: 3 } })
      expect(await kernel.jsApp(() => 1)()).toBe(1)
      await kernel.close()
    },
  )
})
