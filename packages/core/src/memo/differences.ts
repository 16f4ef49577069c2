import type { MemoDifference } from '@parsl/interfaces'
import type { KeyPart } from './store/entries.js'

/** What of a remembered call is compared. */
export interface Compared {
  readonly key: string
  readonly taskId: number
  readonly runId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly body: string
  readonly parts: readonly KeyPart[]
}

/** The parts in which two calls differ: first those that both have. */
export const differencesOf = (before: readonly KeyPart[], now: readonly KeyPart[]): MemoDifference[] => {
  const earlier = new Map(before.map((part) => [part.label, part]))
  const later = new Map(now.map((part) => [part.label, part]))
  const labels = [...new Set([...later.keys(), ...earlier.keys()])]
  const differing = labels.filter((label) => earlier.get(label)?.digest !== later.get(label)?.digest)
  const inBoth = (label: string): number => (earlier.has(label) && later.has(label) ? 0 : 1)
  return differing
    .toSorted((a, b) => inBoth(a) - inBoth(b))
    .map((part) => ({ part, before: earlier.get(part)?.shown, now: later.get(part)?.shown }))
}

/** How much two calls differ; a body counts as one part here. */
const distance = (before: Compared, now: Compared): number => {
  const digests = new Map(before.parts.map(({ label, digest }) => [label, digest]))
  const changed = now.parts.filter(({ label, digest }) => digests.get(label) !== digest).length
  const gone = before.parts.length - now.parts.filter(({ label }) => digests.has(label)).length
  return changed + gone + (before.body === now.body ? 0 : 1)
}

/** The earlier call that is most like this one; of several the newest. */
export const nearestTo = async <Call extends Compared>(
  now: Compared,
  earlier: AsyncIterable<Call> | Iterable<Call>,
): Promise<Call | undefined> => {
  let nearest: { readonly call: Call; readonly apart: number } | undefined
  for await (const call of earlier) {
    const apart = distance(call, now)
    if (!nearest || apart < nearest.apart || (apart === nearest.apart && call.at >= nearest.call.at))
      nearest = { call, apart }
  }
  return nearest?.call
}

const valuesOf = ({ before, now }: MemoDifference): string => {
  if (before === undefined && now === undefined) return ''
  return ` (then ${before ?? 'another'}, now ${now ?? 'another'})`
}

/** `argument 2 › threads (then 4, now 8) and function align` */
export const inWords = (differences: readonly MemoDifference[]): string => {
  const [first, ...rest] = differences.map((difference) => difference.part + valuesOf(difference))
  if (rest.length === 0) return first ?? 'nothing'
  const shown = rest.slice(0, 3)
  const more = rest.length > shown.length ? ` and ${rest.length - shown.length} more` : ''
  return `${[first, ...shown].join(', ')}${more}`
}
