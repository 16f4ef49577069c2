/** How the manager of a try is chosen among those that have room. */
export type SelectorName = 'random' | 'blockId' | 'fewestManagers'

/** What a selector must know of a manager. */
export interface Candidate {
  readonly block: string
}

/** Managers that may have room. */
export interface Ready<M extends Candidate> {
  readonly size: number
  add(manager: M): void
  remove(manager: M): void
  /** One of them, which stays; one that is preferred, where a few looks find it. */
  pick(isPreferred: (manager: M) => boolean): M | undefined
}

/** Places in a list that is drawn from at random. */
interface Pool<M> {
  readonly items: M[]
  readonly places: Map<M, number>
}

/** Looks for one that is preferred: more would cost more than sending what it lacks. */
const LOOKS = 4

const newPool = <M>(): Pool<M> => ({ items: [], places: new Map() })

const addTo = <M>({ items, places }: Pool<M>, manager: M): boolean => {
  if (places.has(manager)) return false
  places.set(manager, items.length)
  items.push(manager)
  return true
}

const removeFrom = <M>({ items, places }: Pool<M>, manager: M): void => {
  const place = places.get(manager)
  if (place === undefined) return
  const last = items.pop() as M
  places.delete(manager)
  if (last === manager) return
  items[place] = last
  places.set(last, place)
}

const drawFrom = <M>({ items }: Pool<M>, random: () => number, isPreferred: (manager: M) => boolean): M | undefined => {
  const [only] = items
  if (items.length <= 1) return only
  let first: M | undefined
  for (let look = 0; look < LOOKS; look++) {
    const manager = items[Math.floor(random() * items.length)] as M
    if (isPreferred(manager)) return manager
    first ??= manager
  }
  return first
}

const newRandom = <M extends Candidate>(random: () => number): Ready<M> => {
  const pool = newPool<M>()
  return {
    get size() {
      return pool.items.length
    },
    add: (manager) => void addTo(pool, manager),
    remove: (manager) => removeFrom(pool, manager),
    pick: (isPreferred) => drawFrom(pool, random, isPreferred),
  }
}

/** Blocks in order, and at random within one. All blocks are looked at only when the first of them has no more room. */
const newByBlock = <M extends Candidate>(
  random: () => number,
  isBefore: (block: string, other: string) => boolean,
): Ready<M> => {
  const blocks = new Map<string, Pool<M>>()
  let size = 0
  let first: string | undefined

  const findFirst = (): string | undefined => {
    for (const block of blocks.keys()) if (first === undefined || isBefore(block, first)) first = block
    return first
  }

  return {
    get size() {
      return size
    },
    add: (manager) => {
      const { block } = manager
      const pool = blocks.get(block) ?? newPool<M>()
      if (!addTo(pool, manager)) return
      blocks.set(block, pool)
      size++
      // Its rank may be another than before, as another manager of it has come.
      if (first === block) first = undefined
      else if (first !== undefined && isBefore(block, first)) first = block
    },
    remove: (manager) => {
      const pool = blocks.get(manager.block)
      if (!pool?.places.has(manager)) return
      removeFrom(pool, manager)
      size--
      if (pool.items.length > 0) return
      blocks.delete(manager.block)
      if (first === manager.block) first = undefined
    },
    pick: (isPreferred) => {
      const pool = blocks.get(first ?? findFirst() ?? '')
      return pool && drawFrom(pool, random, isPreferred)
    },
  }
}

/** Of two numbers that are written without leading zeros, which is greater. */
const isGreater = (one: string, other: string): boolean =>
  one.length === other.length ? one > other : one.length > other.length

/** What a selector is made with. */
export interface SelectorSetup {
  /** From 0 up to 1: the only chance there is. */
  readonly random: () => number
  /** Managers that a block has. */
  readonly managersOf: (block: string) => number
}

/** A set of managers that is picked from as the selector says. */
export const newReady = <M extends Candidate>(name: SelectorName, setup: SelectorSetup): Ready<M> => {
  const { random, managersOf } = setup
  // Blocks are numbered as they are asked for: the newest has the highest number.
  if (name === 'blockId') return newByBlock(random, isGreater)
  if (name === 'fewestManagers') return newByBlock(random, (block, other) => managersOf(block) < managersOf(other))
  return newRandom(random)
}
