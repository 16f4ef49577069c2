import { randomBytes } from 'node:crypto'
import type { Dealer } from 'zeromq'
import type { ManagerKeys } from '../keys.js'
import { fromManager, type Packed, toManager } from '../wire/codec.js'
import { intoFrames, openFrames } from '../wire/envelope.js'
import type { Envelope, FromManager, ToManager, Unnumbered } from '../wire/messages.js'
import {
  hear,
  type Link,
  misses,
  newLink,
  owesWord,
  renewed,
  send,
  unacknowledged,
  unnumbered,
} from '../wire/reliable.js'
import { endpointOf, newDealer } from './probe.js'

/** What comes by the link to the interchange. */
export interface LinkEvents {
  said(message: ToManager): void
  /** Something came that shows that the interchange lives. */
  alive(): void
  /** The interchange does not know this session. */
  forgotten(): void
  /** Something came that is no message. */
  garbage(why: string): void
}

/** A message as it is kept until the interchange has it. */
interface Sent {
  readonly packed: Packed
  /** Tries whose end it tells. */
  readonly ends: readonly number[]
}

type Register = Extract<FromManager, { type: 'register' }>

/** The way to the interchange. What is said on it is heard once and in order, as long as both sides live. */
export interface InterchangeLink {
  /** Begins a session with what a manager says of itself. */
  register(message: Register, anew: boolean): void
  say(message: Exclude<FromManager, Register>): void
  beat(): void
  /** Resolves when all was taken, or the time is over. */
  flush(ms: number): Promise<void>
  close(): void
}

export interface LinkPlace {
  readonly address: string
  readonly port: number
  readonly keys: ManagerKeys | undefined
}

const NO_ENDS: readonly number[] = []
const sizeOf = ({ header, body }: Packed): number => header.byteLength + body.byteLength

const newSession = (): string => randomBytes(12).toString('base64url')

const endsIn = (message: FromManager): readonly number[] => {
  if (message.type === 'results') return message.results.map(({ id }) => id)
  return message.type === 'losses' ? message.losses.map(({ id }) => id) : NO_ENDS
}

class DealerLink implements InterchangeLink {
  readonly #dealer: Dealer
  readonly #events: LinkEvents
  #link: Link<Sent> = newLink(newSession())
  #whenCalm: (() => void) | undefined
  #isClosed = false
  /** Messages wait for their turn: a socket takes one at a time. */
  readonly #outbox: Uint8Array[][] = []
  #isSending = false

  constructor({ address, port, keys }: LinkPlace, events: LinkEvents) {
    this.#events = events
    this.#dealer = newDealer(keys, address)
    let isAgain = false
    this.#dealer.events.on('handshake', () => {
      if (isAgain) this.#reconnected()
      isAgain = true
    })
    this.#dealer.connect(endpointOf(address, port))
    void this.#listen()
  }

  register(message: Register, anew: boolean): void {
    const holds = [...message.registration.holds]
    if (anew) holds.push(...unacknowledged(this.#link).flatMap(({ message: { ends } }) => ends))
    const { registration } = message
    const packed = fromManager.pack({ type: 'register', registration: { ...registration, holds } })
    if (!anew) return this.#sayPacked({ packed, ends: NO_ENDS })
    const first = { message: { packed, ends: NO_ENDS }, bytes: sizeOf(packed) }
    this.#link = renewed(this.#link, newSession(), first)
    this.#sendAgain()
  }

  say(message: Exclude<FromManager, Register>): void {
    this.#sayPacked({ packed: fromManager.pack(message), ends: endsIn(message) })
  }

  beat(): void {
    this.#sayUnnumbered({ type: 'beat', sent: this.#link.sent })
  }

  async flush(ms: number): Promise<void> {
    if (this.#isCalm()) return
    const calm = Promise.withResolvers<void>()
    this.#whenCalm = calm.resolve
    const timer = setTimeout(calm.resolve, ms)
    this.beat()
    await calm.promise
    clearTimeout(timer)
  }

  close(): void {
    this.#isClosed = true
    this.#dealer.close()
  }

  #isCalm(): boolean {
    return this.#link.kept.length === this.#link.first
  }

  #sayPacked(message: Sent): void {
    this.#post(send(this.#link, message, sizeOf(message.packed)), message.packed)
  }

  #sayUnnumbered(message: Unnumbered): void {
    this.#post(unnumbered(this.#link), fromManager.pack(message))
  }

  #sendAgain(): void {
    for (const { envelope, message } of unacknowledged(this.#link)) this.#post(envelope, message.packed)
  }

  /** What was on its way when the connection broke may be lost, either way. */
  #reconnected(): void {
    this.#sendAgain()
    this.#sayUnnumbered({ type: 'again' })
    this.beat()
  }

  #post(envelope: Envelope, packed: Packed): void {
    this.#outbox.push(intoFrames(envelope, packed))
    if (!this.#isSending) void this.#send()
  }

  async #send(): Promise<void> {
    this.#isSending = true
    try {
      for (let next = this.#outbox.shift(); next && !this.#isClosed; next = this.#outbox.shift())
        await this.#dealer.send(next)
    } catch (error) {
      // What is numbered is sent again when it is missed.
      if (!this.#isClosed) this.#events.garbage(`a message could not be sent: ${(error as Error).message}`)
    } finally {
      this.#isSending = false
    }
  }

  async #listen(): Promise<void> {
    try {
      for await (const frames of this.#dealer) this.#hear(frames)
    } catch (error) {
      if (!this.#isClosed) this.#events.garbage(`the socket cannot be read: ${(error as Error).message}`)
    }
  }

  #hear(frames: readonly Uint8Array[]): void {
    const { garbage, said } = this.#events
    const opened = openFrames(frames)
    if (opened.envelope) return this.#open(opened.envelope, opened.packed)
    if (opened.version === undefined) garbage(opened.refusal)
    else said({ type: 'refused', why: opened.refusal })
  }

  #open(envelope: Envelope, packed: Packed): void {
    const { message, refusal } = toManager.unpack(packed.header, packed.body)
    if (!message) return this.#events.garbage(refusal)
    const verdict = hear(this.#link, envelope, sizeOf(packed))
    if (verdict === 'garbled') return this.#events.garbage('it acknowledges what was never sent')
    if (verdict === 'foreign') return
    this.#events.alive()
    if (verdict === 'take') this.#take(message)
    else if (verdict === 'gap') this.#sayUnnumbered({ type: 'again' })
    if (owesWord(this.#link)) this.beat()
    if (this.#whenCalm && this.#isCalm()) this.#whenCalm()
  }

  #forgotten(): void {
    // Whoever took our goodbye does not know us any more.
    if (this.#whenCalm) this.#whenCalm()
    else this.#events.forgotten()
  }

  #take(message: ToManager | Unnumbered): void {
    if (message.type === 'beat') {
      if (misses(this.#link, message.sent)) this.#sayUnnumbered({ type: 'again' })
    } else if (message.type === 'again') this.#sendAgain()
    else if (message.type === 'anew') this.#forgotten()
    else if (message.type !== 'probe') this.#events.said(message)
  }
}

/** Connects to an interchange. */
export const openLink = (place: LinkPlace, events: LinkEvents): InterchangeLink => new DealerLink(place, events)
