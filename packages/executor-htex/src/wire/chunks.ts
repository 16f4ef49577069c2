/** Payloads in one message, in bytes, where there are several: what comes behind a message waits for it. */
const MESSAGE_BYTES = 4 * 1024 * 1024

/** Cuts a list where the bytes of its items come to a message. One item is never cut, however large it is. */
export const chunks = <T>(items: T[], sizeOf: (item: T) => number): T[][] => {
  const cut: T[][] = []
  let from = 0
  let bytes = 0
  for (let at = 0; at < items.length; at++) {
    const size = sizeOf(items[at] as T)
    if (at > from && bytes + size > MESSAGE_BYTES) {
      cut.push(items.slice(from, at))
      from = at
      bytes = 0
    }
    bytes += size
  }
  if (from === 0) return items.length > 0 ? [items] : []
  cut.push(items.slice(from))
  return cut
}
