/** The text of a reason or an error, which may be anything, things without text included. */
export const textOf = (reason: unknown): string => {
  try {
    return reason instanceof Error ? reason.message : String(reason)
  } catch {
    return `a value of type ${typeof reason}`
  }
}
