import type { FromProgram } from '../wire/messages.js'
import { turn } from './assign.js'
import { garbage, hearManager, type HeardMessage, tick } from './from-manager.js'
import { end, hearProgram } from './from-program.js'
import type { Command, Doing, InterchangeState } from './state.js'

/** What can happen to an interchange. */
export type InterchangeEvent =
  | { readonly type: 'program'; readonly message: FromProgram }
  /** The program's end of the socket is gone. */
  | { readonly type: 'programGone' }
  | ({ readonly type: 'manager' } & HeardMessage)
  /** Frames without an envelope that can be read. */
  | { readonly type: 'garbage'; readonly from: string; readonly why: string }
  /** Time has passed. */
  | { readonly type: 'tick' }
  /** Everything that came in one turn of the event loop was told. */
  | { readonly type: 'turn' }

type Handlers = {
  readonly [Type in InterchangeEvent['type']]: (
    doing: Doing,
    event: Extract<InterchangeEvent, { readonly type: Type }>,
  ) => void
}

const handlers: Handlers = {
  program: (doing, { message }) => hearProgram(doing, message),
  programGone: (doing) => end(doing, 'the program is gone'),
  manager: hearManager,
  garbage: (doing, { from, why }) => garbage(doing, from, why),
  tick,
  turn,
}

/**
 * The one place where the state of an interchange changes.
 * @param now milliseconds of a clock that never jumps
 */
export const step = (state: InterchangeState, event: InterchangeEvent, now: number): readonly Command[] => {
  const doing: Doing = { state, now, commands: [] }
  ;(handlers[event.type] as (doing: Doing, event: InterchangeEvent) => void)(doing, event)
  return doing.commands
}
