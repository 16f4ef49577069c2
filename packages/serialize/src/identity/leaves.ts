import { hole, symbolName, type Writer } from '../encode/writer.js'
import { type Ink, tag } from './ink.js'

/** Stands before the two functions of a property that is read by one. */
export const accessor = Symbol('accessor')

const writeSymbol = (ink: Ink, writer: Writer, symbol: symbol): void => {
  if (symbol === hole) return ink.byte(tag.hole)
  if (symbol === accessor) return ink.byte(tag.accessor)
  const { name, isRegistered } = symbolName(writer, symbol)
  ink.byte(isRegistered ? tag.symbolFor : tag.wellKnown)
  ink.text(name)
}

/** Writes a value that is no object; false for an object or function. `writer` knows the path, for a refusal. */
export const inkLeaf = (ink: Ink, writer: Writer, value: unknown): boolean => {
  if (typeof value === 'string') {
    ink.byte(tag.string)
    ink.text(value)
  } else if (typeof value === 'number') {
    ink.byte(tag.number)
    ink.number(value)
  } else if (typeof value === 'boolean') ink.byte(value ? tag.true : tag.false)
  else if (value === undefined) ink.byte(tag.undefined)
  else if (value === null) ink.byte(tag.null)
  else if (typeof value === 'bigint') {
    ink.byte(tag.bigint)
    ink.text(value.toString(16))
  } else if (typeof value === 'symbol') writeSymbol(ink, writer, value)
  else return false
  return true
}
