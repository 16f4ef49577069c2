import type { WireLoss, WireResult, WireTask } from '../../src/wire/messages.js'
import type { PlayedInterchange } from './played-interchange.js'
import type { WireApp } from './tasks.js'

/** Gives tries with all that they need. */
export const giveTo = (interchange: PlayedInterchange, app: WireApp, ...tasks: readonly WireTask[]): void => {
  interchange.say({ type: 'classes', classes: [app.cls] })
  interchange.say({ type: 'parts', parts: app.parts })
  interchange.say({ type: 'tasks', tasks })
}

export const resultsOf = (interchange: PlayedInterchange): WireResult[] =>
  interchange.all('results').flatMap(({ results }) => results)

export const lossesOf = (interchange: PlayedInterchange): WireLoss[] =>
  interchange.all('losses').flatMap(({ losses }) => losses)

export const startedIds = (interchange: PlayedInterchange): number[] =>
  interchange.all('starts').flatMap(({ starts }) => starts.map(({ id }) => id))

export const isRegistered = (interchange: PlayedInterchange): boolean => interchange.all('register').length > 0
