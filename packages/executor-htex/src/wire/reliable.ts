import type { Envelope } from './messages.js'

/** After so many messages, or bytes, taken without a word of ours, the other side is told: it keeps them until it hears. */
const TELL_AFTER = 32
const TELL_AFTER_BYTES = 1024 * 1024

/** A message that the other side may not have. */
interface Kept<M> {
  readonly seq: number
  readonly message: M
  readonly bytes: number
}

/** One end of a link between an interchange and a manager. The functions below alone change it; they do no I/O. */
export interface Link<M> {
  session: string
  /** The number of the last message sent. */
  sent: number
  /** The number of the last message that the other side is known to have taken. */
  acked: number
  /** The number of the last message taken. */
  taken: number
  /** What was sent and not acknowledged, oldest first, from `first` on. */
  kept: (Kept<M> | undefined)[]
  first: number
  keptBytes: number
  /** Taken since the other side was last told. */
  untold: number
  untoldBytes: number
  /** The other side was asked to send again, and nothing came of it yet. */
  isAsking: boolean
}

/** What becomes of what came. */
export type Verdict =
  /** It is the next one. */
  | 'take'
  /** It was taken before. */
  | 'known'
  /** Something before it is missing: send `again`. */
  | 'gap'
  /** The same, and the other side was asked before. */
  | 'wait'
  /** It belongs to another session. */
  | 'foreign'
  /** Its acknowledgement is of what was never sent: garbage. */
  | 'garbled'

export const newLink = <M>(session: string): Link<M> => ({
  session,
  sent: 0,
  acked: 0,
  taken: 0,
  kept: [],
  first: 0,
  keptBytes: 0,
  untold: 0,
  untoldBytes: 0,
  isAsking: false,
})

const envelope = <M>(link: Link<M>, seq: number): Envelope => {
  link.untold = 0
  link.untoldBytes = 0
  return { session: link.session, seq, ack: link.taken }
}

/**
 * The envelope of a message that is sent now for the first time; it is kept until the other side has it.
 * @param bytes what keeping it takes
 */
export const send = <M>(link: Link<M>, message: M, bytes: number): Envelope => {
  const seq = ++link.sent
  link.kept.push({ seq, message, bytes })
  link.keptBytes += bytes
  return envelope(link, seq)
}

/** The envelope of what is not numbered. */
export const unnumbered = <M>(link: Link<M>): Envelope => envelope(link, 0)

const COMPACT_FROM = 64

const forget = <M>(link: Link<M>, ack: number): void => {
  for (let kept = link.kept[link.first]; kept && kept.seq <= ack; kept = link.kept[link.first]) {
    link.keptBytes -= kept.bytes
    link.kept[link.first++] = undefined
  }
  link.acked = Math.max(link.acked, ack)
  if (link.first === link.kept.length || (link.first > COMPACT_FROM && link.first * 2 > link.kept.length)) {
    link.kept = link.kept.slice(link.first)
    link.first = 0
  }
}

const gap = <M>(link: Link<M>): Verdict => {
  if (link.isAsking) return 'wait'
  link.isAsking = true
  return 'gap'
}

const take = <M>(link: Link<M>, bytes: number): Verdict => {
  link.taken++
  link.untold++
  link.untoldBytes += bytes
  link.isAsking = false
  return 'take'
}

/**
 * Hears an envelope: drops what the other side now is known to have, and says what becomes of the message in it.
 * What is not numbered is always `take`; of a beat, ask {@link misses} as well.
 * @param bytes what the other side keeps for it
 */
export const hear = <M>(link: Link<M>, { session, seq, ack }: Envelope, bytes: number): Verdict => {
  if (session !== link.session) return 'foreign'
  if (ack > link.sent) return 'garbled'
  forget(link, ack)
  if (seq === 0) return 'take'
  if (seq <= link.taken) {
    // It is sent again because the other side does not know that we have it.
    link.untold = TELL_AFTER
    return 'known'
  }
  return seq === link.taken + 1 ? take(link, bytes) : gap(link)
}

/** Whether a beat tells of messages that never came: then send `again`. It may be asked at each beat, for the answer may be lost as well. */
export const misses = <M>(link: Link<M>, sentByOther: number): boolean => {
  link.isAsking = sentByOther > link.taken
  return link.isAsking
}

/** Whether the other side keeps so much that it should be told that we have it: send a beat. */
export const owesWord = <M>({ untold, untoldBytes }: Link<M>): boolean =>
  untold >= TELL_AFTER || untoldBytes >= TELL_AFTER_BYTES

/** Everything that the other side may not have, to be sent again in this order: it was asked for, or the connection is a new one. */
export const unacknowledged = <M>(link: Link<M>): { readonly envelope: Envelope; readonly message: M }[] =>
  link.kept.slice(link.first).map((kept) => {
    const { seq, message } = kept as Kept<M>
    return { envelope: envelope(link, seq), message }
  })

/**
 * The other side has forgotten this link, or we begin anew: gives one with a session of its own. What was not acknowledged is
 * sent in it again, behind what is sent first: it may have been taken before, by whoever forgot it.
 * @param first what the new session begins with
 */
export const renewed = <M>(
  old: Link<M>,
  session: string,
  first: { readonly message: M; readonly bytes: number },
): Link<M> => {
  const link = newLink<M>(session)
  send(link, first.message, first.bytes)
  for (const { message, bytes } of old.kept.slice(old.first) as Kept<M>[]) send(link, message, bytes)
  return link
}
