/** Freezes plain objects and arrays at any depth; others (maps, dates, bytes, instances of classes) stay as they are. */
export const deepFreeze = <T>(value: T): T => {
  const todo: unknown[] = [value]
  while (todo.length > 0) {
    const item = todo.pop()
    if (typeof item !== 'object' || item === null || Object.isFrozen(item)) continue
    const prototype = Object.getPrototypeOf(item) as object | null
    if (prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype) continue
    Object.freeze(item)
    for (const inner of Object.values(item) as unknown[]) todo.push(inner)
  }
  return value
}
