import { type FromManager, type Registration, WIRE_VERSION } from '../wire/messages.js'
import { hear, newLink } from '../wire/reliable.js'
import { supply } from './assign.js'
import { addManager, hold, lossAt, removeManager } from './holding.js'
import { roomOf } from './needs.js'
import { answer, type Heard, log, report, tell } from './saying.js'
import type { Doing, InterchangeSettings, Manager } from './state.js'

type Register = Extract<FromManager, { type: 'register' }>

const majorOf = (version: string): string => version.replace(/^v/, '').split('.')[0] ?? ''

/** Why a manager cannot work for this interchange, in words. */
const mismatch = ({ versions }: InterchangeSettings, told: Registration): string | undefined => {
  const theirs = told.versions
  if (told.wire !== WIRE_VERSION)
    return `it speaks wire version ${told.wire}, and this interchange ${WIRE_VERSION}: install the same version of @parsl on both sides`
  if (theirs.parsl !== versions.parsl)
    return `it runs @parsl ${theirs.parsl}, and this interchange ${versions.parsl}: install the same version on both sides`
  if (majorOf(theirs.node) !== majorOf(versions.node))
    return `it runs on Node ${theirs.node}, and this interchange on ${versions.node}: use the same major version on both sides`
  return undefined
}

const refuse = (doing: Doing, heard: Heard, { told, why }: { told: Registration; why: string }): void => {
  answer(doing, heard, { type: 'refused', why })
  const { manager, block, host } = told
  log(doing, 'error', {
    message: `manager ${manager} on ${host} was refused: ${why}`,
    facts: { manager, block, host },
  })
}

const newManager = ({ now, state }: Doing, { address, envelope }: Heard, told: Registration): Manager => {
  const manager: Manager = {
    told,
    name: told.manager,
    block: told.block,
    link: newLink(envelope.session),
    room: roomOf(told),
    tasks: new Set(),
    classes: new Set(),
    parts: new Set(),
    address,
    lastHeard: now,
    idleSince: now,
    isHeld: state.held.has(told.block),
    isDraining: state.held.get(told.block) ?? false,
    isGone: false,
    reservedFor: undefined,
    batch: [],
    newClasses: [],
    newParts: [],
  }
  hear(manager.link, envelope, 0)
  return manager
}

/** It was registered already, and begins anew: what it still holds stays its own. */
const readopt = (doing: Doing, former: Manager, manager: Manager): void => {
  removeManager(doing.state, former)
  manager.isDraining ||= former.isDraining
  const holds = new Set(manager.told.holds)
  const lost = [...former.tasks].filter(({ told }) => !holds.has(told.id))
  for (const task of former.tasks) {
    if (!holds.has(task.told.id)) doing.state.tasks.delete(task.told.id)
    else hold(manager, task)
  }
  if (lost.length === 0) return
  const evidence = `manager ${manager.name} on ${manager.told.host} registered again and does not have the try any more`
  report(doing, { type: 'losses', losses: lost.map(({ told }) => lossAt(manager, told.id, evidence)) })
}

/** Tries that it holds and that are no longer its own would run in vain. */
const stopForeign = (doing: Doing, manager: Manager): void => {
  for (const id of manager.told.holds) {
    if (doing.state.tasks.get(id)?.manager === manager) continue
    tell(doing, manager, { type: 'stop', id, reason: 'it was given up when its manager was lost' })
  }
}

/** What was to be said of the tries that it holds may have gone to where nobody listened: parts that they wait for, and that they are to stop. */
const sayAgain = (doing: Doing, manager: Manager): void => {
  const wants: string[] = []
  for (const { of, told, hasBegun, stopReason } of manager.tasks) {
    if (!hasBegun) wants.push(...supply(doing.state, manager, [...of.told.parts, ...told.parts]))
    if (stopReason !== undefined) tell(doing, manager, { type: 'stop', id: told.id, reason: stopReason })
  }
  const { newParts } = manager
  manager.newParts = []
  if (newParts.length > 0) tell(doing, manager, { type: 'parts', parts: newParts })
  if (wants.length > 0) report(doing, { type: 'wants', parts: wants })
}

export const register = (doing: Doing, heard: Heard, { registration: told }: Register): void => {
  const { state } = doing
  const isGone = state.goneBlocks.has(told.block)
  const why = isGone ? `the job of its block ${told.block} has ended` : mismatch(state.settings, told)
  if (why !== undefined) return refuse(doing, heard, { told, why })
  const former = state.byName.get(told.manager)
  const manager = newManager(doing, heard, told)
  if (former) readopt(doing, former, manager)
  addManager(state, manager)
  const { heartbeatPeriodMs, heartbeatThresholdMs } = state.settings
  tell(doing, manager, { type: 'welcome', heartbeatPeriodMs, heartbeatThresholdMs })
  stopForeign(doing, manager)
  sayAgain(doing, manager)
  if (state.isEnding) tell(doing, manager, { type: 'end' })
  else if (manager.isDraining) tell(doing, manager, { type: 'drain' })
  const { block, host, slots } = told
  if (!former) report(doing, { type: 'joined', manager: manager.name, block, host, slots })
}
