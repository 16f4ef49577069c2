import type { FromManager, Unnumbered } from '../wire/messages.js'
import { hear, misses, owesWord } from '../wire/reliable.js'
import { lose, release } from './holding.js'
import { register } from './registering.js'
import { answer, beat, type Heard, log, mention, report, tell, tellAgain } from './saying.js'
import type { Doing, Manager } from './state.js'

type Message = FromManager | Unnumbered
type Of<Type extends Message['type']> = Extract<Message, { type: Type }>

/** A message in its envelope; without one where its bytes are none. */
export interface HeardMessage extends Heard {
  readonly message: Message | undefined
  /** Why it is none. */
  readonly refusal?: string | undefined
  readonly bytes: number
}

/** Of what a manager says of tries, what it says of those that it has. */
const ownOf = <T extends { readonly id: number }>({ state }: Doing, manager: Manager, said: readonly T[]): T[] =>
  said.filter(({ id }) => {
    const isOwn = state.tasks.get(id)?.manager === manager
    if (!isOwn) state.dropped.stray++
    return isOwn
  })

const starts = (doing: Doing, manager: Manager, message: Of<'starts'>): void => {
  const own = ownOf(doing, manager, message.starts)
  for (const { id } of own) {
    const task = doing.state.tasks.get(id)
    if (task) task.hasBegun = true
  }
  const { host, block } = manager.told
  if (own.length > 0) report(doing, { type: 'starts', host, block, starts: own })
}

/** What ended is its own no more: the same said twice is dropped as what others have is. */
const endOwn = <T extends { readonly id: number }>(
  doing: Doing,
  manager: Manager,
  said: { readonly ends: readonly T[]; readonly into: T[] },
): T[] => {
  const { tasks, dropped } = doing.state
  for (const ended of said.ends) {
    const task = tasks.get(ended.id)
    if (task?.manager === manager) {
      release(doing, task)
      said.into.push(ended)
    } else dropped.stray++
  }
  return said.into
}

const results = (doing: Doing, manager: Manager, message: Of<'results'>): void => {
  endOwn(doing, manager, { ends: message.results, into: doing.state.results })
}

const losses = (doing: Doing, manager: Manager, message: Of<'losses'>): void => {
  const own = endOwn(doing, manager, { ends: message.losses, into: [] })
  if (own.length > 0) report(doing, { type: 'losses', losses: own })
}

const wants = (doing: Doing, manager: Manager, message: Of<'wants'>): void => {
  const { store, wanted } = doing.state
  const unknown: string[] = []
  const parts = message.parts.flatMap((id) => {
    manager.parts.add(id)
    const part = store.get(id)
    if (part) return [part]
    const waiting = wanted.get(id) ?? new Set()
    wanted.set(id, waiting.add(manager))
    // Asked again even where it was asked before: the program may have dropped the question with a try that ended.
    unknown.push(id)
    return []
  })
  if (parts.length > 0) tell(doing, manager, { type: 'parts', parts })
  if (unknown.length > 0) report(doing, { type: 'wants', parts: unknown })
}

const handlers: { readonly [Type in Message['type']]: (doing: Doing, manager: Manager, message: Of<Type>) => void } = {
  // It is registered: only the first word of a session registers.
  register: ({ state }) => void state.dropped.garbage++,
  starts,
  results,
  losses,
  wants,
  draining: (doing, manager, { why }) => {
    manager.isDraining = true
    const { name, block, told } = manager
    const message = `manager ${name} on ${told.host} takes no more tasks: ${why}`
    log(doing, 'info', { message, facts: { manager: name, block } })
    // Behind everything that was sent to it: nothing more will come.
    tell(doing, manager, { type: 'drain' })
  },
  bye: (doing, manager, { why }) =>
    lose(doing, manager, `manager ${manager.name} on ${manager.told.host} ended: ${why}`),
  log: (doing, { name, block, told }, { level, facts, message }) =>
    report(doing, { type: 'log', level, message, facts: { ...facts, manager: name, block, host: told.host } }),
  probe: (doing, manager) => mention(doing, manager, { type: 'probe' }),
  beat: (doing, manager, { sent }) => {
    if (misses(manager.link, sent)) mention(doing, manager, { type: 'again' })
  },
  again: tellAgain,
  anew: ({ state }) => void state.dropped.garbage++,
}

const handle = (doing: Doing, manager: Manager, message: Message): void =>
  (handlers[message.type] as (doing: Doing, manager: Manager, message: Message) => void)(doing, manager, message)

/** How often it is said that garbage comes. */
const SAY_MS = 10_000

/** Bytes that are no message of ours: counted, and said now and then. */
export const garbage = (doing: Doing, from: string, why: string): void => {
  const { dropped } = doing.state
  dropped.garbage++
  if (doing.now - dropped.lastSaid < SAY_MS) return
  const many = dropped.garbage - dropped.said
  dropped.said = dropped.garbage
  dropped.lastSaid = doing.now
  const what = many === 1 ? 'a message' : `${many} messages`
  const message = `dropped ${what} that cannot be read, the last from ${from}: ${why}`
  log(doing, 'warn', { message, facts: { dropped: dropped.garbage } })
}

const hearStranger = (doing: Doing, heard: HeardMessage): void => {
  const { envelope, message, refusal } = heard
  if (message === undefined) return garbage(doing, 'someone who is not registered', refusal ?? 'no message')
  if (message.type === 'probe') return answer(doing, heard, { type: 'probe' })
  if (message.type === 'register' && envelope.seq === 1) return register(doing, heard, message)
  doing.state.dropped.foreign++
  answer(doing, heard, { type: 'anew' })
}

const take = (doing: Doing, manager: Manager, { message, refusal }: HeardMessage): void => {
  if (message) handle(doing, manager, message)
  else garbage(doing, `manager ${manager.name}`, refusal ?? 'no message')
}

/** Something came from the network, from whoever. */
export const hearManager = (doing: Doing, heard: HeardMessage): void => {
  const manager = doing.state.managers.get(heard.envelope.session)
  if (manager === undefined) return hearStranger(doing, heard)
  const verdict = hear(manager.link, heard.envelope, heard.bytes)
  if (verdict === 'garbled') return garbage(doing, `manager ${manager.name}`, 'it acknowledges what was never sent')
  manager.lastHeard = doing.now
  if (manager.address !== heard.address) {
    // Its connection is a new one: what was on the way by the former may be gone.
    manager.address = heard.address
    tellAgain(doing, manager)
  }
  if (verdict === 'take') take(doing, manager, heard)
  else if (verdict === 'gap') mention(doing, manager, { type: 'again' })
  if (!manager.isGone && owesWord(manager.link)) doing.state.owed.add(manager)
}

/** Beats go out, and who has been silent for too long is lost. */
export const tick = (doing: Doing): void => {
  const { state, now } = doing
  const { heartbeatPeriodMs, heartbeatThresholdMs } = state.settings
  // This process itself was stopped for a while: nobody else is to blame for that silence.
  const slept = now - (state.lastTick ?? now)
  state.lastTick = now
  const forgiven = slept > heartbeatThresholdMs / 2 ? slept : 0
  const isBeatDue = now - state.lastBeat >= heartbeatPeriodMs
  if (isBeatDue) state.lastBeat = now
  for (const manager of state.managers.values()) {
    manager.lastHeard += forgiven
    const silent = now - manager.lastHeard
    if (silent >= heartbeatThresholdMs) lose(doing, manager, silence(manager, silent))
    else if (isBeatDue) beat(doing, manager)
  }
}

const silence = ({ name, told }: Manager, silentMs: number): string =>
  `manager ${name} on ${told.host} (block ${told.block}) was last heard from ${Math.round(silentMs / 1_000)} s ago`
