import { share } from '@parsl/core'
import { expect } from 'vitest'
import { errorOf } from '../error-of.js'
import type { Cases, Group } from '../suite.js'
import type { Bench } from './bench.js'

interface Table {
  readonly rows: Float64Array
  readonly names: readonly string[]
  readonly scale: (x: number) => number
}

const factor = 2
const table = (): Table => ({
  rows: Float64Array.from({ length: 1_000 }, (_, index) => index),
  names: ['a', 'b'],
  scale: (x) => x * factor,
})

const cases: Cases<Bench> = {
  'give bodies the value itself, wherever it stands among the arguments': async ({ parsl }) => {
    const look = parsl.jsApp((given: { readonly table: Table }, at: number) =>
      given.table.scale(given.table.rows[at] ?? 0),
    )
    const shared = share(table())
    const looks = Array.from({ length: 20 }, (_, at) => look({ table: shared } as never, at))
    expect(await Promise.all(looks)).toEqual(looks.map((_, at) => at * 2))
    await shared[Symbol.asyncDispose]()
  },
  'are frozen, and are what they were when they were shared': async ({ parsl }) => {
    const given = { list: [1] }
    const shared = share(given)
    given.list.push(2)
    const push = parsl.jsApp((value: { list: number[] }) => value.list.push(3))
    expect(await errorOf(push(shared))).toMatchObject({ name: 'TypeError' })
    expect(await parsl.jsApp((value: { list: number[] }) => value.list)(shared)).toEqual([1])
    expect(given.list).toEqual([1, 2])
  },
  'wait for the tasks that take them before they are let go of': async ({ parsl, folder, fill }) => {
    const release = await fill()
    const shared = share([7])
    const first = parsl.jsApp((list: number[], path: string) => [list[0], path.length])
    const late = first(shared, folder.path)
    const disposed = shared[Symbol.asyncDispose]()
    await release()
    expect(await late).toEqual([7, folder.path.length])
    await disposed
  },
}

const elsewhere: Cases<Bench> = {
  'are refused once they were let go of, and in closures': async ({ parsl }) => {
    const shared = share([1])
    const captured = parsl.jsApp(() => shared)
    expect(await errorOf(captured())).toMatchObject({ code: 'PARSL_SERIALIZE' })
    // The second time too.
    expect(await errorOf(captured())).toMatchObject({ code: 'PARSL_SERIALIZE' })
    await shared[Symbol.asyncDispose]()
    const error = await errorOf(parsl.jsApp((list: number[]) => list)(shared))
    expect(error).toMatchObject({ code: 'PARSL_SERIALIZE' })
    expect(error.message).toContain('released')
  },
}

/** Values that are sent once. */
export const sharingGroups: readonly Group<Bench>[] = [
  { name: 'shared values', cases },
  { name: 'shared values elsewhere', when: ({ isolation }) => isolation !== 'none', cases: elsewhere },
]
