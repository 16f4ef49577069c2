import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { DependencyError, JoinError } from '../../src/errors/dataflow.ts'

const root = () => new TypeError('no such column')

describe('DependencyError', () => {
  it('names the whole chain down to the root', () => {
    const cause = root()
    const inner = new DependencyError(7, [{ what: 'task 3 (b)', error: cause }])
    const error = new DependencyError(9, [{ what: 'task 7 (a)', error: inner }])
    expect(error.message).toBe('dependency failure for task 9: task 7 (a) <- task 3 (b): TypeError: no such column')
    expect(error.cause).toBe(cause)
  })

  it('names all of a chain of nine, and of a longer one its ends', () => {
    const cause = root()
    const chain = (length: number): unknown =>
      Array.from({ length }).reduce<unknown>(
        (error, _, id) => new DependencyError(id + 1, [{ what: `task ${id} (a)`, error }]),
        cause,
      )
    const ids = (error: unknown): string[] => (error as Error).message.replaceAll(' (a)', '').split(' <- ')
    expect(ids(chain(9)).slice(1, -1)).toEqual([7, 6, 5, 4, 3, 2, 1].map((id) => `task ${id}`))
    expect(chain(10)).toMatchObject({
      message:
        'dependency failure for task 10: task 9 (a) <- task 8 (a) <- task 7 (a) <- task 6 (a) <- task 5 (a) <- 1 more' +
        ' <- task 3 (a) <- task 2 (a) <- task 1 (a) <- task 0 (a): TypeError: no such column',
    })
    const longest = chain(20_000)
    expect(ids(longest)[5]).toBe('19991 more')
    expect((longest as DependencyError).cause).toBe(cause)
  })

  it('says where there were others, and follows the first', () => {
    const cause = root()
    const inner = new DependencyError(7, [
      { what: 'task 3 (b)', error: cause },
      { what: 'task 4 (c)', error: new Error('other') },
    ])
    const error = new DependencyError(9, [
      { what: 'task 7 (a)', error: inner },
      { what: 'a promise', error: 'late' },
    ])
    expect(error.message).toBe(
      'dependency failure for task 9: task 7 (a) (+ others) <- task 3 (b) (+ others): TypeError: no such column',
    )
    expect(error.cause).toBe(cause)
  })

  it('keeps every failure', () => {
    const failures = [
      { what: 'task 3 (b)', error: root() },
      { what: 'a promise', error: 'late' },
    ]
    expect(new DependencyError(9, failures).details).toEqual({ taskId: 9, failures })
  })

  it('goes through the failures of a join app', () => {
    const cause = root()
    const joined = new JoinError(7, [{ what: 'task 3 (b)', error: cause }])
    const error = new DependencyError(9, [{ what: 'task 7 (join)', error: joined }])
    expect(error.message).toBe('dependency failure for task 9: task 7 (join) <- task 3 (b): TypeError: no such column')
    expect(error.cause).toBe(cause)
  })

  it('stops at an error of the user, whatever its cause', () => {
    const error = new Error('outer', { cause: root() })
    expect(new DependencyError(9, [{ what: 'task 7 (a)', error }]).cause).toBe(error)
  })

  it('has a text and no cause where nothing failed', () => {
    const error = new DependencyError(9, [])
    expect(error.message).toBe('dependency failure for task 9: : undefined')
    expect(error.cause).toBeUndefined()
  })

  it.each([
    ['a text', 'late', 'late'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a symbol', Symbol('late'), 'Symbol(late)'],
    ['an error of another realm', runInNewContext('new RangeError("far")') as unknown, 'RangeError: far'],
    ['an object without a prototype', Object.create(null) as unknown, 'a value of type object that has no text'],
    [
      'an error whose message cannot be read',
      Object.defineProperty(new Error('x'), 'message', {
        get: () => {
          throw new Error('no')
        },
      }),
      'a value of type object that has no text',
    ],
  ])('can tell of %s that was thrown', (_, thrown, text) => {
    const error = new DependencyError(9, [{ what: 'task 7 (a)', error: thrown }])
    expect(error.message).toBe(`dependency failure for task 9: task 7 (a): ${text}`)
    expect(error.cause).toBe(thrown)
  })
})

describe('JoinError', () => {
  it('has the root of the first chain as its cause', () => {
    const cause = root()
    const inner = new DependencyError(7, [{ what: 'task 3 (b)', error: cause }])
    const error = new JoinError(9, [
      { what: 'task 7 (a)', error: inner },
      { what: 'task 8 (a)', error: new Error('other') },
    ])
    expect(error.message).toBe(
      'join failure for task 9: task 7 (a) (+ others) <- task 3 (b): TypeError: no such column',
    )
    expect(error.cause).toBe(cause)
  })
})
