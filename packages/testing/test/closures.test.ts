import { join } from 'node:path'
import { SerializationError } from '@parsl/interfaces'
import { type ClosureCase, closureCorpus } from '../src/closures/index.js'

const base = 3
const cases: Record<string, ClosureCase> = {
  'a closure over a constant': { fn: (n: number) => n * base, args: [2], expect: 6 },
  'a function that uses an import': { fn: () => join('a', 'b'), expect: 'a/b' },
  'one that gives the same each time': { fn: () => [{ base }], expect: [{ base: 3 }], repeat: 3 },
  'one that must not travel': { fn: () => new WeakMap(), refuse: /closure of .* cannot travel/ },
}

closureCorpus({
  cases,
  run: async (fn, args) => {
    const value = fn(...(args as never[]))
    if (value instanceof WeakMap) throw new SerializationError('closure of fn', 'it is a weak collection')
    return value
  },
})
