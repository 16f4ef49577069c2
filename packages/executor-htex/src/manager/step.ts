import { exitCodes } from './exit-codes.js'
import { asked, beginEnd, broken, closed, drain, endIfDrained, tick } from './step-life.js'
import type { ManagerCommand, ManagerEvent } from './events.js'
import type { ManagerState } from './state.js'
import { began, ended, lost, takeClasses, takeParts, takeStop, takeTasks } from './step-tasks.js'
import type { ToManager } from '../wire/messages.js'

type Commands = readonly ManagerCommand[]
type Said<Type extends ToManager['type']> = Extract<ToManager, { type: Type }>
type EventOf<Type extends ManagerEvent['type']> = Extract<ManagerEvent, { type: Type }>

const NOTHING: Commands = []

const welcome = (state: ManagerState, message: Said<'welcome'>): Commands => {
  const { heartbeatPeriodMs, heartbeatThresholdMs } = message
  // One side that waits less long than the other would give up a link that is sound.
  state.times = { ...state.times, heartbeatPeriodMs, heartbeatThresholdMs }
  if (state.phase === 'opening') state.phase = 'working'
  return [{ type: 'log', level: 'info', facts: { heartbeatPeriodMs, heartbeatThresholdMs }, message: 'registered' }]
}

const refused = (state: ManagerState, { why }: Said<'refused'>): Commands =>
  beginEnd(state, {
    exitCode: exitCodes.refused,
    why: `the interchange refused this manager: ${why}`,
    isHeard: false,
    graceMs: 0,
  })

const forget = (state: ManagerState, { parts }: Said<'forget'>): Commands => {
  state.parts.forget(parts)
  return [{ type: 'forget', shares: parts }]
}

type Sayings = { readonly [Type in ToManager['type']]: (state: ManagerState, message: Said<Type>) => Commands }
const sayings: Sayings = {
  welcome,
  refused,
  classes: takeClasses,
  tasks: takeTasks,
  parts: takeParts,
  forget,
  stop: takeStop,
  drain: (state) => {
    // It sends no more tasks: it wants this, or has heard that we do.
    state.isDrainKnown = true
    return [...drain(state, 'the program asked for it'), ...endIfDrained(state)]
  },
  end: (state) => beginEnd(state, { exitCode: exitCodes.done, why: 'the interchange ends', isHeard: true, graceMs: 0 }),
}

const said = (state: ManagerState, { message }: EventOf<'said'>): Commands =>
  (sayings[message.type] as (state: ManagerState, message: ToManager) => Commands)(state, message)

/** Says what this turn brought, starts first: whoever hears of an end has heard of the beginning. */
const turn = (state: ManagerState): Commands => {
  const { starts, results, losses } = state
  const commands: ManagerCommand[] = []
  if (starts.length > 0) commands.push({ type: 'say', message: { type: 'starts', starts } })
  if (results.length > 0) commands.push({ type: 'say', message: { type: 'results', results } })
  if (losses.length > 0) commands.push({ type: 'say', message: { type: 'losses', losses } })
  state.starts = []
  state.results = []
  state.losses = []
  const forgotten = state.parts.takeForgotten()
  if (forgotten.length > 0) commands.push({ type: 'drop', parts: forgotten })
  return [...commands, ...endIfDrained(state)]
}

const forgotten = (state: ManagerState, now: number): Commands => {
  state.lastHeard = now
  if (state.phase === 'ending' || state.phase === 'over') return NOTHING
  const lacking = state.parts.lacking()
  state.isDrainKnown = false
  return [
    { type: 'register', holds: [...state.held.keys()], anew: true },
    ...(lacking.length > 0 ? [{ type: 'say', message: { type: 'wants', parts: lacking } } as const] : []),
    ...(state.phase === 'draining'
      ? [{ type: 'say', message: { type: 'draining', why: 'it drained before' } } as const]
      : []),
  ]
}

type Handlers = {
  readonly [Type in ManagerEvent['type']]: (state: ManagerState, event: EventOf<Type>, now: number) => Commands
}
const handlers: Handlers = {
  opened: (state, _event, now) => {
    state.lastHeard = now
    return [{ type: 'register', holds: [], anew: false }]
  },
  said,
  alive: (state, _event, now) => {
    state.lastHeard = now
    return NOTHING
  },
  forgotten: (state, _event, now) => forgotten(state, now),
  began,
  ended,
  lost,
  broken,
  asked,
  closed,
  turn,
  tick: (state, _event, now) => tick(state, now),
}

/** The one place where the state of a manager changes. */
export const step = (state: ManagerState, event: ManagerEvent, now: number): Commands => {
  if (state.phase === 'over') return NOTHING
  return (handlers[event.type] as (state: ManagerState, event: ManagerEvent, now: number) => Commands)(
    state,
    event,
    now,
  )
}
