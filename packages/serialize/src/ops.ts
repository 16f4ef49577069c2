/**
 * The small negative numbers of a message. Every other number in it stands for itself, as do strings, booleans and
 * null; a number of this range that a value holds is written as `negative` and its magnitude.
 */
export const op = {
  undefined: -1,
  minusZero: -2,
  negative: -3,
  bigint: -4,
  /** A string that UTF-8 would change, as JSON. */
  escaped: -5,
  symbolFor: -6,
  wellKnown: -7,
  hole: -8,
  ref: -9,

  // These come before a node and add to it.
  props: -10,
  ofClass: -11,
  ofPrototype: -12,
  noPrototype: -13,
  locked: -14,

  object: -15,
  array: -16,
  sparse: -17,
  map: -18,
  set: -19,
  error: -20,
  view: -21,
  buffer: -22,
  arrayBuffer: -23,
  sharedBuffer: -24,
  date: -25,
  regexp: -26,
  url: -27,
  searchParams: -28,
  boxed: -29,
  domException: -30,
  code: -31,
  named: -32,
  coded: -33,

  // A message may begin with its codes: their texts, or their ids.
  codes: -34,
  codeIds: -35,
  /** Variables that are assigned again follow the value: each as its cell and what it holds now. */
  late: -36,

  // Buffers that travel beside the message, by their places there.
  beside: -37,
  besideBuffer: -38,
} as const

/** No operation is below it. */
export const lowestOp = -64

/** Whether a number means an operation. */
export const isOp = (token: number): boolean => token < 0 && token >= lowestOp && Number.isInteger(token)

/** How far an object is closed to changes. */
export const lock = { open: 0, closed: 1, sealed: 2, frozen: 3 } as const

/** Attributes of a property, as bits; the value of an `accessor` is a list of its getter and its setter. */
export const attribute = { enumerable: 1, writable: 2, configurable: 4, all: 7, accessor: 8, any: 15 } as const

/** Views of bytes; `Float16Array` exists from Node 24 on. */
export const viewTypes = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
  'Float16Array',
] as const

/** Errors of the language itself. */
export const errorTypes = [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
  'SuppressedError',
] as const
