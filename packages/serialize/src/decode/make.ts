import { op } from '../ops.js'
import {
  makeArrayBuffer,
  makeBeside,
  makeBesideBuffer,
  makeBuffer,
  makeSharedBuffer,
  makeView,
} from './make-buffers.js'
import { makeDomException, makeError } from './make-errors.js'
import { makeCode, makeCoded, makeNamed } from './make-functions.js'
import type { Made } from './made.js'
import { noLeaf, nextText, readLeaf } from './read-leaf.js'
import { broken, nextLength, nextCount, nextNumber, type Reader } from './reader.js'

const makeArray = (reader: Reader): Made => {
  const node: unknown[] = []
  const finish = (items: readonly unknown[]): unknown => {
    for (let index = 0; index < items.length; index += 1) if (index in items) node[index] = items[index]
    node.length = items.length
    return node
  }
  return { node, want: nextLength(reader), holes: true, plain: true, finish }
}

const makeSparse = (reader: Reader): Made => {
  const node: unknown[] = []
  // With a far element the engine keeps a table of those there are, where a length would take memory for all.
  node[2 ** 32 - 2] = undefined
  node.pop()
  node.length = nextCount(reader, 2 ** 32 - 1)
  return { node }
}

const makeMap = (reader: Reader): Made => {
  const node = new Map<unknown, unknown>()
  const finish = (items: readonly unknown[]): unknown => {
    for (let index = 0; index < items.length; index += 2) node.set(items[index], items[index + 1])
    return node
  }
  return { node, want: nextLength(reader) * 2, finish }
}

const makeSet = (reader: Reader): Made => {
  const node = new Set<unknown>()
  const finish = (items: readonly unknown[]): unknown => {
    for (const item of items) node.add(item)
    return node
  }
  return { node, want: nextLength(reader), finish }
}

const makeBoxed = (reader: Reader): Made => {
  const primitive = readLeaf(reader)
  if (primitive === undefined || typeof primitive === 'object' || primitive === noLeaf) {
    throw broken('a boxed primitive is none')
  }
  return { node: Object(primitive) as object }
}

const makeRegExp = (reader: Reader): Made => {
  const source = nextText(reader)
  return { node: new RegExp(source, nextText(reader)) }
}

/** How each kind of object is made, from what follows its operation. */
export const makers: ReadonlyMap<number, (reader: Reader) => Made> = new Map<number, (reader: Reader) => Made>([
  [op.object, () => ({ node: {}, plain: true })],
  [op.array, makeArray],
  [op.sparse, makeSparse],
  [op.map, makeMap],
  [op.set, makeSet],
  [op.error, makeError],
  [op.domException, makeDomException],
  [op.view, makeView],
  [op.buffer, makeBuffer],
  [op.arrayBuffer, makeArrayBuffer],
  [op.sharedBuffer, makeSharedBuffer],
  [op.beside, makeBeside],
  [op.besideBuffer, makeBesideBuffer],
  [op.date, (reader) => ({ node: new Date(nextNumber(reader)) })],
  [op.regexp, makeRegExp],
  [op.url, (reader) => ({ node: new URL(nextText(reader)) })],
  [op.searchParams, (reader) => ({ node: new URLSearchParams(nextText(reader)) })],
  [op.boxed, makeBoxed],
  [op.code, makeCode],
  [op.named, makeNamed],
  [op.coded, makeCoded],
])
