import { stat, writeFile } from 'node:fs/promises'
import { file, output } from '@parsl/data'
import { describe, expect, it, vi } from 'vitest'
import { RunningBody } from '../src/running-body.ts'
import { task } from '../src/task-context.ts'
import { endOf, fakePlace, tryOf } from './place.ts'
import { scratch } from '@parsl/testing'

describe('a generator', () => {
  it('becomes the list of what it gives', async () => {
    const body = function* () {
      yield 1
      yield* [2, 3]
      return 4
    }
    expect(await endOf(tryOf(body))).toEqual({ is: 'succeeded', value: [1, 2, 3] })
  })

  it('becomes an empty list where it gives nothing', async () => {
    expect(await endOf(tryOf(function* () {}))).toEqual({ is: 'succeeded', value: [] })
  })

  it('may be asynchronous, and knows its task', async () => {
    const body = async function* () {
      yield task().id
      await Promise.resolve()
      yield task().id
    }
    expect(await endOf(tryOf(body))).toEqual({ is: 'succeeded', value: [7, 7] })
  })

  it('fails with what it throws', async () => {
    const error = new Error('mine')
    const body = function* () {
      yield 1
      throw error
    }
    expect(await endOf(tryOf(body))).toEqual({ is: 'failed', error, kind: 'body' })
  })

  it('is closed at its next item once it is stopped', async () => {
    const place = fakePlace()
    const closed = vi.fn<() => void>()
    const body = async function* () {
      try {
        for (let item = 0; ; item++) {
          if (item === 3) running.stop('enough')
          yield item
        }
      } finally {
        closed()
      }
    }
    const running = new RunningBody(tryOf(body), place)
    running.start()
    expect(await place.ended).toEqual({ is: 'failed', error: 'enough', kind: 'stopped' })
    expect(closed).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['a list', [1, 2]],
    ['a set', new Set([1])],
    ['an iterator of another kind', [1, 2].values()],
    ['an object with an iterator', { [Symbol.iterator]: () => [1].values() }],
    ['a text', 'abc'],
    ['null', null],
  ])('is not what %s is', async (_, value) => {
    const end = await endOf(tryOf(() => value))
    expect(end).toHaveProperty(
      'value',
      expect.toSatisfy((same) => same === value),
    )
  })
})

describe('inputs', () => {
  it('are there, so the body runs', async () => {
    await using place = await scratch()
    await writeFile(place.at('a'), '')
    const attempt = tryOf(() => 42, { inputs: [file(place.at('a')), file(place.path)] })
    expect(await endOf(attempt)).toEqual({ is: 'succeeded', value: 42 })
  })

  it('are missing, so the body does not run', async () => {
    await using place = await scratch()
    const body = vi.fn<() => void>()
    const attempt = tryOf(body, { inputs: [file(place.path), file(place.at('a')), file(place.at('b'))] })
    expect(await endOf(attempt)).toMatchObject({
      is: 'failed',
      kind: 'body',
      error: { code: 'PARSL_DATA_MISSING_INPUTS', details: { app: 'align', inputs: [place.at('a'), place.at('b')] } },
    })
    expect(body).not.toHaveBeenCalled()
  })

  it('were looked for when the task was stopped, so the body does not run', async () => {
    await using folder = await scratch()
    const place = fakePlace()
    const body = vi.fn<() => void>()
    const running = new RunningBody(tryOf(body, { inputs: [file(folder.path)] }), place)
    running.start()
    running.stop('enough')
    expect(await place.ended).toEqual({ is: 'failed', error: 'enough', kind: 'stopped' })
    expect(place.clock.waiting()).toBe(0)
    expect(body).not.toHaveBeenCalled()
  })
})

describe('outputs', () => {
  it('find their folders made', async () => {
    await using place = await scratch()
    const made = output(place.at('deep/out/a.txt'))
    const attempt = tryOf(async (out: { path: string }) => writeFile(out.path, 'x'), {
      args: [made.file],
      outputs: [made],
    })
    expect(await endOf(attempt)).toEqual({ is: 'succeeded', value: undefined })
    expect((await stat(place.at('deep/out/a.txt'))).size).toBe(1)
  })

  it('that were not made fail a body that ended well', async () => {
    await using place = await scratch()
    const outputs = [
      output(place.at('a')),
      output.directory(place.path),
      output.directory(place.at('b')),
      output.glob(place.at('*.csv')),
    ]
    expect(await endOf(tryOf(() => 42, { outputs }))).toMatchObject({
      is: 'failed',
      kind: 'body',
      error: {
        code: 'PARSL_APP_MISSING_OUTPUTS',
        details: { app: 'align', outputs: [place.at('a'), place.at('b'), place.at('*.csv')] },
      },
    })
  })

  it('are not asked for where the body fails', async () => {
    await using place = await scratch()
    const error = new Error('mine')
    const attempt = tryOf(() => Promise.reject(error), { outputs: [output(place.at('a'))] })
    expect(await endOf(attempt)).toEqual({ is: 'failed', error, kind: 'body' })
  })

  it('whose folder cannot be made fail before the body runs', async () => {
    await using place = await scratch()
    await writeFile(place.at('a'), '')
    const body = vi.fn<() => void>()
    expect(await endOf(tryOf(body, { outputs: [output(place.at('a/b'))] }))).toMatchObject({
      is: 'failed',
      error: { code: 'EEXIST' },
    })
    expect(body).not.toHaveBeenCalled()
  })
})

describe('a body with files', () => {
  it('may be a generator, and knows its task', async () => {
    await using place = await scratch()
    const body = function* () {
      yield task().id
    }
    expect(await endOf(tryOf(body, { inputs: [file(place.path)] }))).toEqual({ is: 'succeeded', value: [7] })
  })
})
