import { exitCodes } from './exit-codes.js'
import type { ManagerCommand, ManagerEvent } from './events.js'
import type { Ending, ManagerState } from './state.js'
import { givenUp, lose } from './step-tasks.js'

type Commands = readonly ManagerCommand[]
type EventOf<Type extends ManagerEvent['type']> = Extract<ManagerEvent, { type: Type }>

const NOTHING: Commands = []
/** Looks at the clock that may be left out, before we say that the whole process stood still. */
const LATE_LOOKS = 4

/** Ends the workers, and with the last of them the manager. */
export const beginEnd = (state: ManagerState, ending: Ending & { readonly graceMs: number }): Commands => {
  const { exitCode, why, isHeard, graceMs } = ending
  if (state.phase !== 'ending') {
    state.phase = 'ending'
    state.ending = { exitCode, why, isHeard }
    for (const held of state.held.values()) if (held.phase !== 'given') lose(state, held, givenUp(state, why))
  }
  return [
    { type: 'log', level: exitCode === 0 ? 'info' : 'warn', facts: { why }, message: 'the manager ends' },
    { type: 'endWorkers', graceMs, why },
  ]
}

/** Takes no more tasks, and ends when it has none. */
export const drain = (state: ManagerState, why: string): Commands => {
  if (state.phase !== 'working') return NOTHING
  state.phase = 'draining'
  return [
    { type: 'log', level: 'info', facts: { why }, message: 'the manager drains' },
    { type: 'say', message: { type: 'draining', why } },
  ]
}

export const endIfDrained = (state: ManagerState): Commands =>
  state.phase === 'draining' && state.isDrainKnown && state.held.size === 0
    ? beginEnd(state, { exitCode: exitCodes.done, why: 'it is drained', isHeard: true, graceMs: 0 })
    : NOTHING

export const asked = (state: ManagerState, { why, exitCode }: EventOf<'asked'>): Commands => {
  // Who asks twice does not want to wait.
  const graceMs = state.phase === 'ending' ? 0 : state.times.killGraceMs
  return beginEnd(state, { exitCode, why, isHeard: true, graceMs })
}

export const broken = (state: ManagerState, { why }: EventOf<'broken'>): Commands =>
  state.phase === 'ending'
    ? NOTHING
    : beginEnd(state, {
        exitCode: exitCodes.broken,
        why: `no worker can be started: ${why}`,
        isHeard: true,
        graceMs: 0,
      })

/** All that is left to say, and goodbye. */
export const closed = (state: ManagerState): Commands => {
  const { exitCode, why, isHeard } = state.ending as Ending
  for (const held of state.held.values()) lose(state, held, givenUp(state, why))
  const { results, losses } = state
  state.phase = 'over'
  const last: ManagerCommand[] = []
  if (results.length > 0) last.push({ type: 'say', message: { type: 'results', results } })
  if (losses.length > 0) last.push({ type: 'say', message: { type: 'losses', losses } })
  last.push({ type: 'say', message: { type: 'bye', why } })
  return [...(isHeard ? last : []), { type: 'exit', exitCode, why, isHeard }]
}

const silent = (state: ManagerState, now: number): Commands => {
  const ms = now - state.lastHeard
  if (ms < state.times.heartbeatThresholdMs) return NOTHING
  const why = `nothing was heard of the interchange for ${Math.round(ms / 1_000)} s`
  return beginEnd(state, { exitCode: exitCodes.silence, why, isHeard: false, graceMs: 0 })
}

/** What it does by itself because the time has come. */
const due = (state: ManagerState, now: number): Commands => {
  const { drainAt = Infinity, endsAt = Infinity, endMarginMs, killGraceMs } = state.times
  // Half of the margin is for what runs, the other for saying how it went.
  if (now >= endsAt - Math.max(endMarginMs / 2, killGraceMs))
    return beginEnd(state, {
      exitCode: exitCodes.done,
      why: "its block's time is up",
      isHeard: true,
      graceMs: killGraceMs,
    })
  if (now >= endsAt - endMarginMs) return drain(state, "its block's time is nearly up")
  return now >= drainAt ? drain(state, 'its time to drain has come') : NOTHING
}

export const tick = (state: ManagerState, now: number): Commands => {
  const stood = now - state.lastTick
  state.lastTick = now
  const { pollMs } = state.times
  // What the interchange said meanwhile is still to be read.
  if (stood > LATE_LOOKS * pollMs) state.lastHeard += stood - pollMs
  if (state.phase === 'ending') return NOTHING
  const dead = silent(state, now)
  if (dead.length > 0) return dead
  const isDue = now - state.lastBeat >= state.times.heartbeatPeriodMs
  if (isDue) state.lastBeat = now
  return isDue ? [{ type: 'beat' }, ...due(state, now)] : due(state, now)
}
