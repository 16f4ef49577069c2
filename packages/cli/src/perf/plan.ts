import { didYouMean } from '@parsl/interfaces'

/** How batches grow: towards one that takes the target time, twofold until one does, or as listed. */
export type Iteration = 'estimate' | 'exponential' | readonly number[]

/** A batch that has run. */
export interface BatchTime {
  /** From 1. */
  readonly batch: number
  readonly tasks: number
  readonly seconds: number
}

const FIRST_TASKS = 10
/** The first batch also starts workers, so it never is the last. */
const LEAST_BATCHES = 2
/** An estimate is done with a batch that takes this much of the target. */
const NEAR_ENOUGH = 0.75

const ITERATION_FORMS = "'estimate', 'exponential', or numbers of tasks such as 10,100,1000"

const isCount = (text: string): boolean => /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) && Number(text) > 0

/** Reads `--iterate`; what is wrong with it otherwise. */
export const parseIteration = (text: string): Iteration | { readonly problem: string } => {
  if (text === 'estimate' || text === 'exponential') return text
  const parts = text.split(',').map((part) => part.trim())
  if (parts.every(isCount)) return parts.map(Number)
  return { problem: `give ${ITERATION_FORMS}${didYouMean(text, ['estimate', 'exponential'])}` }
}

/** Tasks of the first batch. */
export const firstBatch = (iteration: Iteration): number =>
  typeof iteration === 'string' ? FIRST_TASKS : (iteration[0] ?? FIRST_TASKS)

/** Tasks of the batch after this one, or `undefined` where this was the last. */
export const nextBatch = (
  iteration: Iteration,
  { batch, tasks, seconds }: BatchTime,
  targetSeconds: number,
): number | undefined => {
  if (typeof iteration !== 'string') return iteration[batch]
  const enough = iteration === 'estimate' ? NEAR_ENOUGH * targetSeconds : targetSeconds
  if (seconds >= enough && batch >= LEAST_BATCHES) return undefined
  // Upwards: rounded down, one or two long tasks would be followed by as many again, for ever.
  return iteration === 'exponential' ? tasks * 2 : Math.max(1, Math.ceil((targetSeconds * tasks) / seconds))
}
