import { runInThisContext } from 'node:vm'

/** What every task of a measurement does. Made from text, since a function of an installed package would travel as an import of that package. */
export const seven = runInThisContext('(extra) => 7', { filename: 'parsl-perf' }) as (extra: string) => number
