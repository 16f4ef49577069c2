import type { Clock, Logger } from '@parsl/interfaces'
import type { ManagerCommand, ManagerEvent } from './events.js'
import type { InterchangeLink } from './link.js'
import type { TaskPool } from './pool.js'
import type { ManagerState } from './state.js'
import { step } from './step.js'

/** What a manager acts on. */
export interface ManagerEdge {
  readonly link: InterchangeLink
  readonly pool: TaskPool
  readonly clock: Clock
  readonly log: Logger
  /** It is over. */
  readonly exit: (exitCode: number, why: string) => void
}

/** How long the interchange may take to say that it has heard the last words. */
const FAREWELL_MS = 1_000

type CommandOf<Type extends ManagerCommand['type']> = Extract<ManagerCommand, { type: Type }>
type Performers = { readonly [Type in ManagerCommand['type']]: (command: CommandOf<Type>) => void }

const performersOf = (
  { link, pool, log, exit }: ManagerEdge,
  state: ManagerState,
  dispatch: (event: ManagerEvent) => void,
): Performers => ({
  register: ({ holds, anew }) => link.register({ type: 'register', registration: { ...state.identity, holds } }, anew),
  say: ({ message }) => link.say(message),
  beat: () => link.beat(),
  run: ({ task, cls, parts }) => pool.run({ task, cls, parts }),
  stop: ({ id, reason }) => pool.stop(id, reason),
  forget: ({ shares }) => pool.forget(shares),
  drop: ({ parts }) => pool.drop(parts),
  endWorkers: ({ graceMs, why }) => void pool.close(graceMs, why).finally(() => dispatch({ type: 'closed' })),
  exit: ({ exitCode, why, isHeard }) =>
    void (isHeard ? link.flush(FAREWELL_MS) : Promise.resolve()).finally(() => exit(exitCode, why)),
  log: ({ level, facts, message }) => log[level](facts, message),
})

/** Feeds what happens into the state, and performs what follows. */
export const newManager = (state: ManagerState, edge: ManagerEdge): ((event: ManagerEvent) => void) => {
  const queue: ManagerEvent[] = []
  let isBusy = false
  let isTurnDue = false
  const endTurn = (): void => {
    isTurnDue = false
    dispatch({ type: 'turn' })
  }
  const dispatch = (event: ManagerEvent): void => {
    queue.push(event)
    if (isBusy) return
    isBusy = true
    for (let next = queue.shift(); next; next = queue.shift()) {
      for (const command of step(state, next, edge.clock.now())) perform(command)
    }
    isBusy = false
    const { starts, results, losses } = state
    if (isTurnDue || starts.length + results.length + losses.length === 0) return
    isTurnDue = true
    setImmediate(endTurn)
  }
  const performers = performersOf(edge, state, dispatch)
  const perform = (command: ManagerCommand): void =>
    (performers[command.type] as (command: ManagerCommand) => void)(command)
  return dispatch
}
