import { eventually } from '@parsl/testing'
import { Context, curveKeyPair, Dealer, Router } from 'zeromq'
import { describe, expect, it } from 'vitest'
import { bytesOfKey, openDoor, ZAP_DOMAIN } from '../../src/interchange/zap.js'

const [server, client, stranger] = [curveKeyPair(), curveKeyPair(), curveKeyPair()]

/** A socket behind a door, or behind one that nobody keeps. */
const openBehind = async (isKept: boolean) => {
  const context = new Context()
  const refused: string[] = []
  const door = isKept ? await openDoor(context, client.publicKey, (address) => refused.push(address)) : undefined
  const socket = new Router({
    context,
    linger: 0,
    curveServer: true,
    curvePublicKey: server.publicKey,
    curveSecretKey: server.secretKey,
    zapDomain: ZAP_DOMAIN,
    zapEnforceDomain: true,
  })
  await socket.bind('tcp://127.0.0.1:*')
  const heard: string[] = []
  void (async () => {
    for await (const [, text] of socket) heard.push(String(text))
  })()
  return { address: socket.lastEndpoint as string, heard, refused, close: () => (door?.close(), socket.close()) }
}

const knock = (address: string, pair: typeof client, text: string) => {
  const socket = new Dealer({
    context: new Context(),
    linger: 0,
    curveServerKey: server.publicKey,
    curvePublicKey: pair.publicKey,
    curveSecretKey: pair.secretKey,
  })
  const events: string[] = []
  for (const type of ['handshake', 'handshake:error:auth', 'handshake:error:protocol', 'disconnect'] as const)
    socket.events.on(type, () => events.push(type))
  socket.connect(address)
  void socket.send(text).catch(() => undefined)
  return { events, close: () => socket.close() }
}

describe('the door of an interchange', () => {
  it('lets in who has the key, and nobody else', async () => {
    const behind = await openBehind(true)
    const wrong = knock(behind.address, stranger, 'wrong')
    await eventually(() => behind.refused.length > 0)
    const right = knock(behind.address, client, 'right')
    await eventually(() => behind.heard.length > 0)
    expect(behind.heard).toEqual(['right'])
    expect(behind.refused[0]).toBe('127.0.0.1')
    for (const each of [wrong, right, behind]) each.close()
  })

  it('lets nobody in as long as nobody keeps it', async () => {
    const behind = await openBehind(false)
    const right = knock(behind.address, client, 'right')
    await eventually(() => right.events.length > 0)
    expect(right.events).not.toContain('handshake')
    expect(behind.heard).toEqual([])
    for (const each of [right, behind]) each.close()
  })
})

it('reads a key as it is written in RFC 32', () => {
  const bytes = [0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b]
  expect([...bytesOfKey('HelloWorld')]).toEqual(bytes)
})
