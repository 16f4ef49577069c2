import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFunctions, decodeError, encodeError, type EncodeErrorOptions, encodeValue } from '@parsl/serialize'

const LEFT_OUT = Symbol.for('parsl.left-out')

type Arrived = Error & Record<PropertyKey, unknown>

/** What arrives of a thrown value. */
const sent = async (thrown: unknown, options?: EncodeErrorOptions): Promise<Arrived> =>
  (await decodeError(encodeError(thrown, options))).error as Arrived

const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('an error that can travel', () => {
  it('keeps its message, stack, cause and fields', async () => {
    const cause = new RangeError('too far')
    const error = Object.assign(new TypeError('bad', { cause }), { field: { list: [1] } })
    const arrived = await sent(error)
    expect(arrived).toBeInstanceOf(TypeError)
    expect(arrived).toMatchObject({ message: 'bad', stack: error.stack, field: { list: [1] } })
    expect(arrived.cause).toBeInstanceOf(RangeError)
    expect(LEFT_OUT in arrived).toBe(false)
  })

  it('may be one of the system', async () => {
    const arrived = await sent(thrownBy(() => readFileSync('/no/such/file')))
    expect(arrived).toMatchObject({ code: 'ENOENT', errno: -2, syscall: 'open', path: '/no/such/file' })
  })

  it('may be one of Node, whose inner marks are nothing to tell of', async () => {
    const arrived = await sent(thrownBy(() => readFileSync({} as never)))
    expect(arrived).toBeInstanceOf(TypeError)
    expect(arrived).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' })
    expect(arrived[LEFT_OUT]).toBeUndefined()
  })

  it('may be what a signal was aborted with', async () => {
    const aborted = await sent(AbortSignal.abort().reason)
    expect(aborted).toBeInstanceOf(DOMException)
    expect([aborted.name, aborted['code']]).toEqual(['AbortError', 20])
    expect((await sent(new DOMException('late', 'TimeoutError'))).name).toBe('TimeoutError')
  })

  it('may hold several', async () => {
    const arrived = await sent(new AggregateError([new Error('a'), new SyntaxError('b')], 'all'))
    expect(arrived).toBeInstanceOf(AggregateError)
    expect(arrived['errors']).toEqual([new Error('a'), new SyntaxError('b')])
    expect((arrived['errors'] as unknown[])[1]).toBeInstanceOf(SyntaxError)
  })

  it('may be a failed assertion', async () => {
    const arrived = await sent(thrownBy(() => assert.equal(1, 2)))
    expect(arrived).toMatchObject({ name: 'AssertionError', code: 'ERR_ASSERTION', actual: 1, expected: 2 })
  })

  it('need not be an error', async () => {
    for (const thrown of ['text', 7n, undefined, null, { status: 500 }]) expect(await sent(thrown)).toEqual(thrown)
  })
})

/** Shaped like the errors of a client for HTTP. */
const requestFailed = () => {
  const request = new Socket()
  const config = { url: '/a', transform: [() => 1] }
  const response: Record<string, unknown> = { status: 500, data: { a: 1 }, request, config }
  const error = Object.assign(new Error('request failed'), { config, request, response })
  response['error'] = error
  return error
}

describe('an error with fields that cannot travel', () => {
  it('arrives without them, and names them', async () => {
    const arrived = await sent(requestFailed())
    expect(arrived).toMatchObject({
      message: 'request failed',
      config: { url: '/a' },
      response: { status: 500, data: { a: 1 } },
    })
    expect((arrived['response'] as Arrived)['error']).toBe(arrived)
    expect('request' in arrived).toBe(false)
    expect(arrived[LEFT_OUT]).toEqual([
      'error › config › transform › 0 cannot travel: it is a function (anonymous); functions do not travel here',
      'error › request cannot travel: it is a handle (Socket) of this process; open it where it is used',
      'error › response › request cannot travel: it is a handle (Socket) of this process; open it where it is used',
    ])
  })

  it('loses no cause and no other error within', async () => {
    const arrived = await sent(new AggregateError([requestFailed()], 'all', { cause: requestFailed() }))
    expect(arrived.cause).toMatchObject({ message: 'request failed', response: { status: 500 } })
    expect((arrived['errors'] as unknown[])[0]).toMatchObject({ message: 'request failed' })
  })

  it('may hold more than there is time to look at', async () => {
    const many = Array.from({ length: 50_000 }, () => ({ run: () => 1 }))
    const arrived = await sent(Object.assign(new Error('much'), { many }))
    expect(arrived.message).toBe('much')
    expect(arrived[LEFT_OUT]).toHaveLength(21)
  })

  it('may be no error at all', async () => {
    const arrived = await sent({ status: 500, socket: new Socket() })
    expect(arrived).toMatchObject({ status: 500 })
    expect(arrived[LEFT_OUT]).toHaveLength(1)
  })
})

describe('an error of which only text can travel', () => {
  it('has a message that is a getter of a class that does not travel', async () => {
    class Hidden extends Error {
      #detail = 'hidden'
      override get message(): string {
        return this.#detail
      }
      override get name(): string {
        return 'HiddenError'
      }
    }
    const arrived = await sent(new Hidden())
    expect(arrived).toMatchObject({ message: 'hidden', name: 'HiddenError' })
  })

  it('is too large', async () => {
    const arrived = await sent(Object.assign(new Error('x'.repeat(50_000)), { data: 'y'.repeat(50_000) }), {
      maxBytes: 60_000,
    })
    expect(arrived.message).toBe('x'.repeat(16_384))
    expect(arrived[LEFT_OUT]).toEqual([
      expect.stringMatching(/^error cannot travel: it takes \d+ bytes, and 60000 are/),
    ])
  })

  it('was thrown as what is no error', async () => {
    const message = async (thrown: unknown) => (await sent(thrown)).message
    expect(await message(() => 1)).toBe('the body threw [Function (anonymous)]')
    expect(await message(Promise.resolve(1))).toBe('the body threw Promise { 1 }')
    expect(await message(Symbol('here'))).toBe('the body threw Symbol(here)')
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(await message(proxy)).toBe('the body threw <Revoked Proxy>')
    expect(await message(new Proxy(new Error('behind'), {}))).toBe('behind')
  })
})

const throwing = new Proxy(
  {},
  Object.fromEntries(
    Reflect.ownKeys(Reflect).map((key) => [
      key,
      () => {
        throw new Error('trap')
      },
    ]),
  ),
)

const hostile = (): fc.Arbitrary<() => unknown> => {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const odd: readonly unknown[] = [
    throwing,
    revoked.proxy,
    () => 1,
    class extends Error {},
    Symbol('x'),
    new Socket(),
    Promise.resolve(),
    new WeakMap(),
    Object.create(throwing),
    Object.create(null),
    globalThis,
    process,
    new Proxy(new Error('behind'), {}),
  ]
  // The values stand in functions, since fast-check looks at what it generates.
  const leaf = fc.oneof(
    fc.anything().map((value) => () => value),
    fc.constantFrom(...odd.map((value) => () => value)),
  )
  const property = fc.record({
    key: fc.constantFrom('message', 'stack', 'name', 'cause', 'errors', 'x', Symbol.iterator, Symbol('own')),
    value: leaf,
    enumerable: fc.boolean(),
    throws: fc.boolean(),
  })
  const target = fc.constantFrom(
    () => new Error('e'),
    () => new AggregateError([], 'a'),
    () => new DOMException('d'),
    () => ({}),
    () => [],
    () => Object.setPrototypeOf(new Error('p'), throwing) as object,
    () => Object.setPrototypeOf(new Error('n'), null) as object,
  )
  const built = fc.tuple(target, fc.array(property, { maxLength: 4 })).map(([make, properties]) => () => {
    const made = make()
    for (const { key, value, enumerable, throws } of properties) {
      const get = (): never => {
        throw value()
      }
      const found = throws ? { get } : { value: value() }
      Reflect.defineProperty(made, key, { ...found, enumerable, configurable: true })
    }
    return made
  })
  return fc.oneof(leaf, built)
}

const textOf = (error: unknown): unknown =>
  error instanceof Error ? Reflect.getOwnPropertyDescriptor(error, 'message')?.value : undefined

describe('any thrown value', () => {
  it.each([
    ['values alone', undefined],
    ['functions too', createFunctions()],
  ])('is encoded, whatever it is, where %s travel', async (_, functions) => {
    await fc.assert(
      fc.asyncProperty(hostile(), async (thrown) => {
        const bytes = encodeError(thrown(), { ...(functions && { functions }) })
        const { error } = await decodeError(bytes, functions)
        expect(textOf(error)).not.toBe('cannot read what arrived: it is no error')
      }),
      { numRuns: 500 },
    )
  })
})

describe('bytes that are no error', () => {
  it('give one that says so', async () => {
    for (const value of [undefined, [], [new Uint8Array(2), null], 'text']) {
      const { error } = await decodeError(encodeValue(value))
      expect(error).toMatchObject({ code: 'PARSL_DESERIALIZE' })
    }
    expect((await decodeError(new Uint8Array(3))).error).toMatchObject({ code: 'PARSL_DESERIALIZE' })
  })
})
