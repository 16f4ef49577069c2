import { attribute } from '../ops.js'
import { type Writer, writeKey } from './writer.js'

/** The keys of an object, in order, with their attributes; absent if every property is an ordinary one. */
export interface Shape {
  readonly keys: readonly PropertyKey[]
  readonly attributes: readonly number[] | undefined
}

/** The shapes that a message has defined. Records of a list have one in common, which is written once. */
export interface ShapeTable {
  count: number
  readonly byFirstKey: Map<PropertyKey | undefined, { readonly id: number; readonly shape: Shape }[]>
}

export const copyShapes = ({ count, byFirstKey }: ShapeTable): ShapeTable => ({
  count,
  byFirstKey: new Map([...byFirstKey].map(([key, alike]) => [key, [...alike]])),
})

/** More shapes with the same first key are written again. */
const kept = 8

const sameList = <T>(left: readonly T[], right: readonly T[]): boolean => {
  if (left.length !== right.length) return false
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false
  return true
}

const sameShape = (left: Shape, right: Shape): boolean =>
  sameList(left.keys, right.keys) &&
  (left.attributes === right.attributes || sameList(left.attributes ?? [], right.attributes ?? []))

/** Writes a shape, or the number of an equal one that was written before. */
export const writeShape = (writer: Writer, shape: Shape): void => {
  const { shapes, tokens } = writer
  const alike = shapes.byFirstKey.get(shape.keys[0])
  const found = alike?.find((one) => sameShape(one.shape, shape))
  if (found !== undefined) {
    tokens.push(found.id)
    return
  }
  const id = shapes.count
  shapes.count += 1
  if (alike === undefined) shapes.byFirstKey.set(shape.keys[0], [{ id, shape }])
  else if (alike.length < kept) alike.push({ id, shape })
  tokens.push(id, shape.keys.length, shape.attributes !== undefined)
  for (const key of shape.keys) writeKey(writer, key)
  if (shape.attributes !== undefined) tokens.push(...shape.attributes.map((bits) => bits & attribute.any))
}
