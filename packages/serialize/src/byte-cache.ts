/** What is kept by its key. */
export interface ByteCache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
}

/**
 * Keeps values up to so many bytes, and forgets those first that were not asked for the longest; never the newest, however large it is.
 * @param sizeOf the bytes that a value counts for
 */
export const createByteCache = <Value>(
  maxBytes: number,
  sizeOf: (value: Value, key: string) => number,
): ByteCache<Value> => {
  const values = new Map<string, Value>()
  let bytes = 0
  const drop = (key: string): void => {
    const value = values.get(key)
    if (value !== undefined) bytes -= sizeOf(value, key)
    values.delete(key)
  }
  return {
    get: (key) => {
      const value = values.get(key)
      if (value === undefined) return undefined
      values.delete(key)
      values.set(key, value)
      return value
    },
    set: (key, value) => {
      drop(key)
      values.set(key, value)
      bytes += sizeOf(value, key)
      for (const old of values.keys()) {
        if (bytes <= maxBytes || old === key) break
        drop(old)
      }
    },
  }
}
