import { Router } from 'zeromq'
import { fromManager, toManager } from '../../src/wire/codec.js'
import { intoFrames, openFrames } from '../../src/wire/envelope.js'
import type { Envelope, FromManager, ToManager, Unnumbered } from '../../src/wire/messages.js'
import {
  hear,
  type Link,
  misses,
  newLink,
  owesWord,
  send,
  unacknowledged,
  unnumbered,
} from '../../src/wire/reliable.js'

type Message = ToManager | Unnumbered
type Heard = Exclude<FromManager, { type: 'log' }>
type Of<Type extends Heard['type']> = Extract<Heard, { type: Type }>

/** An interchange that says what a test has it say, and notes what it hears. */
export interface PlayedInterchange extends AsyncDisposable {
  readonly port: number
  readonly heard: Heard[]
  say(message: ToManager): void
  /** All that was heard of one type. */
  all<Type extends Heard['type']>(type: Type): Of<Type>[]
  /** It forgets its managers. */
  forget(): void
  /** From now on it answers nothing. */
  fallSilent(): void
}

export interface Playing {
  /** What it answers to a registration; `undefined` for nothing. */
  readonly answer?: ToManager
  /** Told of each message before it is noted. */
  readonly onHeard?: (message: Heard) => void
}

const WELCOME: ToManager = { type: 'welcome', heartbeatPeriodMs: 200, heartbeatThresholdMs: 20_000 }

export const playInterchange = async ({ answer = WELCOME, onHeard }: Playing = {}): Promise<PlayedInterchange> => {
  const router = new Router({ linger: 0, sendTimeout: 0, sendHighWaterMark: 0 })
  await router.bind('tcp://127.0.0.1:*')
  const heard: Heard[] = []
  let link: Link<Message> | undefined
  let peer: Buffer | undefined
  let isSilent = false

  const post = (to: Buffer, envelope: Envelope, message: Message): void => {
    if (isSilent) return
    router.send([to, ...intoFrames(envelope, toManager.pack(message))]).catch(() => undefined)
  }
  const say = (message: ToManager): void => {
    if (link && peer) post(peer, send(link, message, 100), message)
  }
  const beat = (): void => {
    if (link && peer) post(peer, unnumbered(link), { type: 'beat', sent: link.sent })
  }
  const again = (): void => {
    if (!link || !peer) return
    for (const { envelope, message } of unacknowledged(link)) post(peer, envelope, message)
  }
  const take = (message: FromManager | Unnumbered): void => {
    if (message.type === 'probe' || message.type === 'log' || message.type === 'anew') return
    if (message.type === 'again') return again()
    if (message.type === 'beat') {
      if (link && peer && misses(link, message.sent)) post(peer, unnumbered(link), { type: 'again' })
      return beat()
    }
    onHeard?.(message)
    heard.push(message)
    if (message.type === 'register') say(answer)
    if (message.type === 'draining') say({ type: 'drain' })
  }
  const hearOne = (from: Buffer, frames: readonly Buffer[]): void => {
    const { envelope, packed } = openFrames(frames)
    if (!envelope) throw new Error('the manager sent garbage')
    const { message, refusal } = fromManager.unpack(packed.header, packed.body)
    if (!message) throw new Error(`the manager sent garbage: ${refusal}`)
    if (message.type === 'probe') return post(from, { ...envelope, seq: 0, ack: 0 }, { type: 'probe' })
    if (message.type === 'register' && envelope.session !== link?.session) link = newLink(envelope.session)
    if (!link || envelope.session !== link.session)
      return post(from, { session: envelope.session, seq: 0, ack: 0 }, { type: 'anew' })
    peer = from
    const verdict = hear(link, envelope, 100)
    if (verdict === 'take') take(message)
    else if (verdict === 'gap') post(peer, unnumbered(link), { type: 'again' })
    if (owesWord(link)) beat()
  }
  const serving = (async () => {
    for await (const [from, ...frames] of router) hearOne(from as Buffer, frames)
  })()
  serving.catch(() => undefined)
  return {
    port: Number(/\d+$/.exec(router.lastEndpoint ?? '')?.[0]),
    heard,
    say,
    all: <Type extends Heard['type']>(type: Type) =>
      heard.filter((message): message is Of<Type> => message.type === type),
    forget: () => void (link = undefined),
    fallSilent: () => void (isSilent = true),
    [Symbol.asyncDispose]: async () => {
      router.close()
      await serving.catch(() => undefined)
    },
  }
}
