import type { Needs, Registration } from '../wire/messages.js'

/** Sums of fractions come out a little off. */
const SLACK = 1e-9

/** What tries take of a manager beyond its workers, by name. */
type Amounts = ReadonlyMap<string, number>

/** What a try takes of a manager. Tries that need the same share one. */
export interface Shape {
  /** The same for the same needs. */
  readonly key: string
  /** Places of workers. */
  readonly slots: number
  /** One place and nothing else: such tries may wait at a manager, ahead of their time. */
  readonly isPlain: boolean
  readonly amounts: Amounts
}

const named = ({ memory, gpus, custom }: Needs): [string, number][] => [
  ...(memory ? [['memory', memory] as [string, number]] : []),
  ...(gpus ? [['gpus', gpus] as [string, number]] : []),
  ...Object.entries(custom ?? {})
    .filter(([, amount]) => amount > 0)
    // A custom resource may be called memory.
    .map(([name, amount]): [string, number] => [`custom ${name}`, amount])
    .toSorted(([a], [b]) => (a < b ? -1 : 1)),
]

export const shapeOf = (needs: Needs): Shape => {
  const slots = Math.max(1, needs.cores ?? 1)
  const amounts = named(needs)
  const isPlain = slots === 1 && amounts.length === 0
  return { key: JSON.stringify([slots, amounts]), slots, isPlain, amounts: new Map(amounts) }
}

/** What a manager has, and what tries that are at it take. */
export interface Room {
  readonly slots: number
  readonly prefetch: number
  readonly has: Amounts
  usedSlots: number
  readonly used: Map<string, number>
  /** Tries at it that are not plain: as long as there are any, nothing waits there ahead of its time. */
  special: number
}

export const roomOf = (registration: Registration): Room => ({
  slots: registration.slots,
  prefetch: registration.prefetch,
  has: new Map(named(registration)),
  usedSlots: 0,
  used: new Map(),
  special: 0,
})

/** Whether a manager could hold it if it had nothing else to do. */
export const couldEverHold = ({ slots, has }: Room, shape: Shape): boolean => {
  if (shape.slots > slots) return false
  for (const [name, amount] of shape.amounts) if (amount > (has.get(name) ?? 0) + SLACK) return false
  return true
}

/** Whether it could start at once. */
export const fits = ({ slots, usedSlots, has, used }: Room, shape: Shape): boolean => {
  if (usedSlots + shape.slots > slots + SLACK) return false
  for (const [name, amount] of shape.amounts)
    if ((used.get(name) ?? 0) + amount > (has.get(name) ?? 0) + SLACK) return false
  return true
}

/** Whether a plain one may be sent ahead of its time. */
export const fitsAhead = ({ slots, prefetch, usedSlots, special }: Room): boolean =>
  special === 0 && usedSlots + 1 <= slots + prefetch

export const take = (room: Room, shape: Shape): void => {
  room.usedSlots += shape.slots
  if (shape.isPlain) return
  room.special++
  for (const [name, amount] of shape.amounts) room.used.set(name, (room.used.get(name) ?? 0) + amount)
}

export const giveBack = (room: Room, shape: Shape): void => {
  room.usedSlots -= shape.slots
  if (shape.isPlain) return
  room.special--
  for (const [name, amount] of shape.amounts) room.used.set(name, (room.used.get(name) ?? 0) - amount)
}
