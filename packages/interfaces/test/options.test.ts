import { describe, expect, it } from 'vitest'
import {
  type Check,
  complaintsAbout,
  isAbortSignal,
  isBoolean,
  isBytes,
  isCount,
  isDuration,
  isEither,
  isFunction,
  isListOf,
  isNumber,
  isObject,
  isOneOf,
  isPositiveCount,
  isPositiveDuration,
  isRecordOf,
  isText,
} from '../src/options.ts'

const checks = { label: isText, retries: isCount, walltime: isDuration }

describe('complaintsAbout', () => {
  it('has none about good options', () => {
    expect(complaintsAbout({ label: 'a', retries: 0, walltime: '90s' }, checks, 'options')).toEqual([])
    expect(complaintsAbout({}, checks, 'options')).toEqual([])
  })

  it('lists every complaint in the order given', () => {
    const given = { retries: -1, walltimes: 5, label: '', colour: 'red' }
    expect(complaintsAbout(given, checks, 'bashApp')).toEqual([
      'bashApp.retries must be a whole number, 0 or more, not -1',
      'bashApp has no option "walltimes": did you mean "walltime"?',
      'bashApp.label must be text, not ""',
      'bashApp has no option "colour"',
    ])
  })

  it('skips what is undefined', () => {
    expect(complaintsAbout({ label: undefined, retries: undefined }, checks, 'options')).toEqual([])
  })

  it('complains about an unknown name though its value is undefined', () => {
    expect(complaintsAbout({ lable: undefined }, checks, 'options')).toEqual([
      'options has no option "lable": did you mean "label"?',
    ])
  })

  it('does not take what every object inherits for an option', () => {
    expect(complaintsAbout({ toString: 1 }, checks, 'options')).toEqual(['options has no option "toString"'])
    expect(complaintsAbout(JSON.parse('{"__proto__": 1}'), checks, 'options')).toEqual([
      'options has no option "__proto__"',
    ])
  })

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    ['x', '"x"'],
    [['a', 1, {}], '["a", 1, an object]'],
    [() => {}, 'a function'],
  ])('asks for an object instead of %o', (given, text) => {
    expect(complaintsAbout(given, checks, 'the configuration')).toEqual([
      `the configuration must be an object, not ${text}`,
    ])
  })

  it.each([
    [Symbol('x'), 'Symbol(x)'],
    [10n, '10'],
    [null, 'null'],
    [NaN, 'NaN'],
    [['a', ['b', null]], '["a", ["b", null]]'],
    [new Map(), 'an object'],
    [class {}, 'a function'],
  ])('shows the wrong value %o', (value, text) => {
    expect(complaintsAbout({ label: value }, checks, 'options')).toEqual([`options.label must be text, not ${text}`])
  })

  it('reads options of an object without a prototype', () => {
    const given = Object.assign(Object.create(null) as object, { retries: 'many' })
    expect(complaintsAbout(given, checks, 'options')).toEqual([
      'options.retries must be a whole number, 0 or more, not "many"',
    ])
  })
})

const everything: readonly unknown[] = [
  'text',
  '',
  'auto',
  '90s',
  '4GiB',
  '0s',
  0,
  1,
  -1,
  1.5,
  NaN,
  Infinity,
  2 ** 53,
  5n,
  true,
  false,
  null,
  Symbol.iterator,
]

describe('checks', () => {
  it.each<[string, Check, readonly unknown[]]>([
    ['isText', isText, ['text', 'auto', '90s', '4GiB', '0s']],
    ['isBoolean', isBoolean, [true, false]],
    ['isNumber', isNumber, [0, 1, -1, 1.5, 2 ** 53]],
    ['isCount', isCount, [0, 1]],
    ['isPositiveCount', isPositiveCount, [1]],
    ['isDuration', isDuration, ['90s', '0s', 0, 1, 1.5, 2 ** 53]],
    ['isPositiveDuration', isPositiveDuration, ['90s', 1, 1.5, 2 ** 53]],
    ['isBytes', isBytes, ['4GiB', 0, 1]],
    ['isOneOf', isOneOf('auto', NaN, null), ['auto', NaN, null]],
    ['isEither', isEither(isBoolean, isOneOf('auto')), ['auto', true, false]],
    ['isFunction', isFunction, []],
    ['isObject', isObject, []],
    ['isAbortSignal', isAbortSignal, []],
    ['isListOf', isListOf(isText), []],
    ['isRecordOf', isRecordOf(isText), []],
  ])('%s takes what it is for, and of simple values no other', (_, check, taken) => {
    expect(everything.filter((value) => check(value) === undefined)).toEqual(taken)
  })

  it('isFunction takes functions and classes', () => {
    expect([isFunction(() => {}), isFunction(class {}), isFunction({})]).toEqual([undefined, undefined, 'a function'])
  })

  it('isObject takes objects, lists not', () => {
    expect([isObject({}), isObject(new Map()), isObject([]), isObject(() => {})]).toEqual([
      undefined,
      undefined,
      'an object',
      'an object',
    ])
  })

  it('isAbortSignal takes a signal, and its controller not', () => {
    const controller = new AbortController()
    expect(isAbortSignal(controller.signal)).toBeUndefined()
    expect(isAbortSignal(controller)).toBe('an AbortSignal')
    expect(isAbortSignal({})).toBe('an AbortSignal')
  })

  it('isOneOf names the words', () => {
    expect(isOneOf('auto', 3, null)('other')).toBe('one of "auto", 3, null')
  })

  it('isEither names all that it would take', () => {
    expect(isEither(isPositiveCount, isOneOf('auto'))(0)).toBe('a whole number above 0, or one of "auto"')
  })

  it('isPositiveDuration says that nothing is too short', () => {
    expect(isPositiveDuration('0s')).toMatch(/^more than nothing: /)
  })

  it('isListOf takes a list whose every item is good', () => {
    const check = isListOf(isPositiveCount)
    expect([check([]), check([1, 2])]).toEqual([undefined, undefined])
    expect(check([1, 0])).toBe('a list, each item a whole number above 0')
    expect(check('1')).toBe('a list, each item as documented')
    expect(check(new Set([1]))).toBe('a list, each item as documented')
  })

  it('isListOf takes a hole for the undefined that a reader finds there', () => {
    // oxlint-disable-next-line no-sparse-arrays
    expect(isListOf(isText)(['a', , 'b'])).toBe('a list, each item text')
  })

  it('isRecordOf takes an object whose every value is good', () => {
    const check = isRecordOf(isText)
    expect([check({}), check({ a: 'x' })]).toEqual([undefined, undefined])
    expect(check({ a: 'x', b: 1 })).toBe('an object, each value text')
    expect(check(['x'])).toBe('an object, each value as documented')
    expect(check(null)).toBe('an object, each value as documented')
  })
})
