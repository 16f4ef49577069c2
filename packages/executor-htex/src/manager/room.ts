import type { Needs, TaskClass } from '../wire/messages.js'

/** What a manager has for the tries that it runs. */
export interface Capacity {
  /** Workers. */
  readonly slots: number
  /** Bytes. */
  readonly memory: number
  readonly gpus: number
  readonly custom: Readonly<Record<string, number>>
}

/** What is taken of a manager's capacity. The interchange sends tries ahead of their turn, so the manager watches that they begin in it. */
export interface Room {
  /** Takes the room of a try, if there is enough of it now. Tries of one core may wait in the pool itself, where a free worker finds them at once. */
  take(cls: TaskClass): boolean
  giveBack(cls: TaskClass): void
}

const isPlain = ({ cores = 1, memory, gpus, custom }: Needs): boolean =>
  cores <= 1 && memory === undefined && gpus === undefined && custom === undefined

const amountsOf = ({ cores = 1, memory = 0, gpus = 0, custom = {} }: Needs): ReadonlyMap<string, number> =>
  new Map([
    ['slots', Math.max(1, Math.ceil(cores))],
    ['memory', memory],
    ['gpus', gpus],
    ...Object.entries(custom).map(([name, many]) => [`custom ${name}`, many] as const),
  ])

export const newRoom = ({ slots, memory, gpus, custom }: Capacity): Room => {
  const all = amountsOf({ cores: slots, memory, gpus, custom })
  const taken = new Map<string, number>()
  /** Tries that take more than one worker. */
  let large = 0
  const add = (needs: Needs, sign: 1 | -1): void => {
    for (const [name, many] of amountsOf(needs)) taken.set(name, (taken.get(name) ?? 0) + sign * many)
  }
  const takenOf = (name: string): number => taken.get(name) ?? 0
  // What is more than all there is runs when nothing else does: whoever sent it knew.
  const fits = (needs: Needs): boolean =>
    [...amountsOf(needs)].every(
      ([name, many]) => many === 0 || takenOf(name) === 0 || takenOf(name) + many <= (all.get(name) ?? 0),
    )
  const takePlain = (): boolean => {
    if (large > 0 && takenOf('slots') >= slots) return false
    taken.set('slots', takenOf('slots') + 1)
    return true
  }
  return {
    take: ({ needs }) => {
      if (isPlain(needs)) return takePlain()
      if (!fits(needs)) return false
      add(needs, 1)
      large++
      return true
    },
    giveBack: ({ needs }) => {
      if (isPlain(needs)) return void taken.set('slots', takenOf('slots') - 1)
      add(needs, -1)
      large--
    },
  }
}
