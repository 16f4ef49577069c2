import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Envelope } from '../../src/wire/messages.js'
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
} from '../../src/wire/reliable.js'

type Message =
  | { readonly is: 'beat'; readonly sent: number }
  | { readonly is: 'again' | 'anew' | 'first' }
  | { readonly is: 'word'; readonly n: number }
interface Packet {
  readonly envelope: Envelope
  readonly message: Message
}
interface End {
  link: Link<Message>
  readonly out: Packet[]
  /** By session. */
  readonly took: Map<string, number[]>
  said: number
}

const endOf = (session: string): End => ({ link: newLink(session), out: [], took: new Map(), said: 0 })

const post = (end: End, message: Message, isNumbered = true): void =>
  void end.out.push({ envelope: isNumbered ? send(end.link, message, 10) : unnumbered(end.link), message })

const beat = (end: End): void => post(end, { is: 'beat', sent: end.link.sent }, false)
const again = (end: End): void => post(end, { is: 'again' }, false)

const note = (end: End, n: number): void => {
  const known = end.took.get(end.link.session) ?? []
  end.took.set(end.link.session, [...known, n])
}

let sessions = 0
/** Later ones are greater, so that this test can tell a new one from a former one. */
const nextSession = (): string => `s${String(++sessions).padStart(9, '0')}`

const restart = (manager: End): void => {
  manager.link = renewed(manager.link, nextSession(), { message: { is: 'first' }, bytes: 10 })
  manager.out.push(...unacknowledged(manager.link))
}

const takeMessage = (end: End, message: Message): void => {
  if (message.is === 'word') note(end, message.n)
  else if (message.is === 'again') end.out.push(...unacknowledged(end.link))
  else if (message.is === 'anew') restart(end)
  else if (message.is === 'beat' && misses(end.link, message.sent)) again(end)
}

const deliver = (end: End, { envelope, message }: Packet): void => {
  // The manager's first word of a session begins it at the interchange.
  if (message.is === 'first' && envelope.session > end.link.session) end.link = newLink(envelope.session)
  const verdict = hear(end.link, envelope, 10)
  expect(verdict).not.toBe('garbled')
  if (verdict === 'take') takeMessage(end, message)
  else if (verdict === 'gap') again(end)
  // The interchange does not know the session of a manager, for it forgot it or never heard of it.
  else if (verdict === 'foreign' && envelope.session > end.link.session)
    end.out.push({ envelope: { session: envelope.session, seq: 0, ack: 0 }, message: { is: 'anew' } })
  if (owesWord(end.link)) beat(end)
}

/** What the network does to the next packets of one direction, or what an end does. */
const events = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), a: fc.boolean() }) },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom('deliver' as const, 'drop' as const, 'double' as const),
        a: fc.boolean(),
        which: fc.nat(3),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('beat' as const), a: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('resend' as const), a: fc.boolean() }) },
  ),
  { maxLength: 300, size: 'max' },
)
type Happening = Parameters<Parameters<typeof events.filter>[0]>[0][number] | { readonly do: 'restart' }

const play = (manager: End, interchange: End, happening: Happening): void => {
  if (happening.do === 'restart') return restart(manager)
  const [from, to] = happening.a ? [manager, interchange] : [interchange, manager]
  if (happening.do === 'say') return post(from, { is: 'word', n: ++from.said })
  if (happening.do === 'beat') return beat(from)
  if (happening.do === 'resend') return void from.out.push(...unacknowledged(from.link))
  const at = Math.min(happening.which, from.out.length - 1)
  const packet = from.out[at]
  if (packet === undefined) return
  if (happening.do !== 'double') from.out.splice(at, 1)
  if (happening.do !== 'drop') deliver(to, packet)
}

/** A network that has come to itself: everything arrives, and beats go on. */
const settle = (manager: End, interchange: End): void => {
  for (let round = 0; round < 4; round++) {
    beat(manager)
    beat(interchange)
    for (let calm = false; !calm;) {
      calm = manager.out.length + interchange.out.length === 0
      for (const packet of manager.out.splice(0)) deliver(interchange, packet)
      for (const packet of interchange.out.splice(0)) deliver(manager, packet)
    }
  }
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

describe('a link', () => {
  it('has everything taken exactly once and in order, whatever the network drops, doubles, delays and reorders', () => {
    fc.assert(
      fc.property(events, (all) => {
        const session = nextSession()
        const [manager, interchange] = [endOf(session), endOf(session)]
        for (const happening of all) play(manager, interchange, happening)
        settle(manager, interchange)
        expect(interchange.took.get(session) ?? []).toEqual(upTo(manager.said))
        expect(manager.took.get(session) ?? []).toEqual(upTo(interchange.said))
        for (const { link } of [manager, interchange])
          expect([link.kept.length - link.first, link.keptBytes]).toEqual([0, 0])
      }),
      { numRuns: 100 },
    )
  })

  it('begun anew again and again takes nothing of a former session, each thing once in a session, and loses nothing that was not acknowledged', () => {
    const withRestarts = fc.tuple(events, fc.array(fc.nat(300), { maxLength: 8, size: 'max' }))
    fc.assert(
      fc.property(withRestarts, ([all, restarts]) => {
        const session = nextSession()
        const [manager, interchange] = [endOf(session), endOf(session)]
        for (const [i, happening] of all.entries()) {
          if (restarts.includes(i)) play(manager, interchange, { do: 'restart' })
          play(manager, interchange, happening)
        }
        settle(manager, interchange)
        for (const took of interchange.took.values()) expect(took).toEqual(took.toSorted((a, b) => a - b))
        for (const took of interchange.took.values()) expect(new Set(took).size).toBe(took.length)
        expect(new Set([...interchange.took.values()].flat())).toEqual(new Set(upTo(manager.said)))
      }),
      { numRuns: 100 },
    )
  })

  it('keeps what is not acknowledged, and no more', () => {
    const [a, b] = [newLink<string>('s'), newLink<string>('s')]
    for (let n = 0; n < 10_000; n++) {
      hear(b, send(a, 'text', 4), 4)
      if (n % 10 === 9) hear(a, unnumbered(b), 0)
      expect(a.kept.length).toBeLessThan(200)
    }
    expect([a.keptBytes, a.kept.length]).toEqual([0, 0])
  })

  it('says that it owes a word when the other side keeps much', () => {
    const [a, b] = [newLink<string>('s'), newLink<string>('s')]
    hear(b, send(a, 'text', 4), 4)
    expect(owesWord(b)).toBe(false)
    hear(b, send(a, 'much', 2_000_000), 2_000_000)
    expect(owesWord(b)).toBe(true)
    unnumbered(b)
    expect(owesWord(b)).toBe(false)
    for (let n = 0; n < 32; n++) hear(b, send(a, 'text', 4), 4)
    expect(owesWord(b)).toBe(true)
  })

  it('tells what is not for it from what is', () => {
    const link = newLink<string>('s')
    expect(hear(link, { session: 'other', seq: 1, ack: 0 }, 1)).toBe('foreign')
    expect(hear(link, { session: 's', seq: 1, ack: 1 }, 1)).toBe('garbled')
    expect(hear(link, { session: 's', seq: 2, ack: 0 }, 1)).toBe('gap')
    expect(hear(link, { session: 's', seq: 3, ack: 0 }, 1)).toBe('wait')
    expect(hear(link, { session: 's', seq: 1, ack: 0 }, 1)).toBe('take')
    expect(hear(link, { session: 's', seq: 1, ack: 0 }, 1)).toBe('known')
    expect(link.taken).toBe(1)
  })
})
