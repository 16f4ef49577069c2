import { types } from 'node:util'

const keysOf = (value: object): readonly PropertyKey[] =>
  Reflect.ownKeys(value).filter((key) => !(key === 'stack' && types.isNativeError(value)))

const insides = (value: object): readonly unknown[] => {
  if (types.isMap(value)) return [...value].flat()
  if (types.isSet(value)) return [...value]
  if (types.isDate(value)) return [value.getTime()]
  if (types.isRegExp(value)) return [value.source, value.flags]
  if (types.isBoxedPrimitive(value)) return [value.valueOf()]
  if (types.isNativeError(value)) return [value.stack]
  if (value instanceof URL) return [value.href]
  if (value instanceof URLSearchParams) return [value.toString()]
  if (types.isArrayBuffer(value)) return [Buffer.from(value).toString('hex')]
  if (Buffer.isBuffer(value)) return [value.toString('hex')]
  if (ArrayBuffer.isView(value)) return [value.byteOffset, value.byteLength, value.buffer]
  return []
}

const looks = (value: object): string =>
  JSON.stringify([
    Object.prototype.toString.call(value),
    Object.isExtensible(value),
    Object.isFrozen(value),
    Object.isSealed(value),
  ])

const isHost = (value: object): boolean => ArrayBuffer.isView(value) || value instanceof URL

/** Where two values differ; undefined if nothing tells them apart, shared references and property attributes included. */
export const difference = (left: unknown, right: unknown): string | undefined => {
  const pairs = new Map<object, object>()
  const back = new Map<object, object>()
  const queue: [unknown, unknown, string][] = [[left, right, 'value']]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [one, other, path] = next
    if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) {
      if (!Object.is(one, other)) return `${path}: ${String(one)} is not ${String(other)}`
      continue
    }
    if (pairs.has(one) || back.has(other)) {
      if (pairs.get(one) !== other || back.get(other) !== one) return `${path}: shared otherwise`
      continue
    }
    pairs.set(one, other)
    back.set(other, one)
    if (looks(one) !== looks(other)) return `${path}: ${looks(one)} is not ${looks(other)}`
    const prototypes = [Object.getPrototypeOf(one), Object.getPrototypeOf(other)] as const
    if (prototypes[0] !== prototypes[1]) queue.push([...prototypes, `${path} › prototype`])
    const [inOne, inOther] = [insides(one), insides(other)]
    if (inOne.length !== inOther.length) return `${path}: ${inOne.length} is not ${inOther.length} inside`
    inOne.forEach((item, index) => queue.push([item, inOther[index], `${path} › inside ${index}`]))
    if (isHost(one)) continue
    const [keys, others] = [keysOf(one), keysOf(other)]
    if (keys.length !== others.length) return `${path}: ${keys.map(String).join()} is not ${others.map(String).join()}`
    for (const [index, key] of keys.entries()) {
      if (key !== others[index]) return `${path}: key ${String(key)} is not ${String(others[index])}`
      const { value: mine, ...flags } = Object.getOwnPropertyDescriptor(one, key) ?? {}
      const { value: theirs, ...otherFlags } = Object.getOwnPropertyDescriptor(other, key) ?? {}
      if (JSON.stringify(flags) !== JSON.stringify(otherFlags)) return `${path} › ${String(key)}: other attributes`
      queue.push([mine, theirs, `${path} › ${String(key)}`])
    }
  }
  return undefined
}
