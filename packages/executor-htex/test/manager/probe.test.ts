import { errorOf, eventually } from '@parsl/testing'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { endpointOf, newAsk, probe, Unreachable } from '../../src/manager/probe.js'
import { playInterchange } from './played-interchange.js'

describe('looking for an interchange', () => {
  it('asks all addresses at once, takes the first that answers and leaves the others', async () => {
    const asked: string[] = []
    const left: string[] = []
    const answer = Promise.withResolvers<void>()
    const found = probe(['a', 'b', 'c'], async (address, signal) => {
      asked.push(address)
      if (address === 'b') return answer.promise
      await once(signal, 'abort')
      left.push(address)
      throw new Error('left')
    })
    await eventually(() => asked.length === 3)
    answer.resolve()
    expect(await found).toBe('b')
    await eventually(() => left.length === 2)
    expect(left.toSorted()).toEqual(['a', 'c'])
  })

  it('says of each address why it was not that', async () => {
    const ask = (address: string) => Promise.reject(new Error(`no ${address}`))
    const error = await errorOf(probe(['a', 'b'], ask))
    expect(error).toBeInstanceOf(Unreachable)
    expect(error.message).toBe('no address of the interchange answers:\n  a: no a\n  b: no b')
  })

  it('finds a real one among addresses where none is', async () => {
    await using interchange = await playInterchange()
    const ask = newAsk({ port: interchange.port, keys: undefined, timeoutMs: 5_000 })
    expect(await probe(['127.0.0.9', '127.0.0.1', 'no.such.host.invalid'], ask)).toBe('127.0.0.1')
  })

  it('tells a port that takes connections and is no interchange from one where nobody is', async () => {
    const server = createServer(() => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const ask = newAsk({ port, keys: undefined, timeoutMs: 300 })
    const error = await errorOf(probe(['127.0.0.1', '127.0.0.2'], ask))
    server.close()
    expect(error.message).toMatch(/127\.0\.0\.1: it takes connections and does not speak/)
    expect(error.message).toMatch(/127\.0\.0\.2: it refuses connections, or cannot be reached/)
  })

  it('writes addresses of both kinds as sockets want them', () => {
    expect([endpointOf('10.0.0.1', 1), endpointOf('::1', 2), endpointOf('node1', 3)]).toEqual([
      'tcp://10.0.0.1:1',
      'tcp://[::1]:2',
      'tcp://node1:3',
    ])
  })
})
