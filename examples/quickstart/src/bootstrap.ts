/** What a share of the values does not exceed, and how sure that is. */
export interface Estimate {
  readonly count: number
  readonly value: number
  /** 95 % of the samples lie from here to `high`. */
  readonly low: number
  readonly high: number
}

/** Numbers from 0 up to 1 that follow from a seed (mulberry32). */
const randomFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const quantile = (sorted: Int16Array, share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN

/** The quantile of as many values as there are, each drawn at random from all of them. */
const sampleQuantile = (sorted: Int16Array, share: number, random: () => number) => {
  const least = sorted[0] ?? 0
  const counts = new Uint32Array((sorted.at(-1) ?? 0) - least + 1)
  for (let drawn = 0; drawn < sorted.length; drawn++) {
    const at = (sorted[Math.floor(random() * sorted.length)] ?? 0) - least
    counts[at] = (counts[at] ?? 0) + 1
  }
  let seen = 0
  return least + counts.findIndex((count) => (seen += count) > share * (sorted.length - 1))
}

/** A quantile, and how it varies in samples that are drawn from the values themselves. */
export const bootstrap = (values: Int16Array, share: number, samples: number): Estimate => {
  const sorted = values.toSorted()
  const random = randomFrom(values.length)
  const quantiles = Int16Array.from({ length: samples }, () => sampleQuantile(sorted, share, random)).sort()
  return {
    count: values.length,
    value: quantile(sorted, share),
    low: quantile(quantiles, 0.025),
    high: quantile(quantiles, 0.975),
  }
}
