// What some tools cannot turn into CommonJS.
import type { Case } from './cases.ts'

const keys = () => Object.keys(import.meta)

export const cases: Record<string, Case> = {
  'refuse import.meta as a whole': { fn: keys, refuse: /import\.meta/, expect: keys() },
}
