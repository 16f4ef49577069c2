const BRAND = Symbol.for('parsl.error')

/** What every error of ours is: a stable `code`, the facts in `details`, and the cause kept. Tell errors apart with {@link isParslError}, never with `instanceof`. */
export abstract class ParslError<Details extends object = object> extends Error {
  /** Stable and documented in `docs/reference/errors.md`. Codes form a tree: `PARSL_APP_TIMEOUT` is a `PARSL_APP`. */
  abstract readonly code: string
  /** The facts of this failure, by name. */
  readonly details: Details

  constructor(message: string, details: Details, options?: ErrorOptions) {
    super(message, options)
    this.details = details
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/**
 * Whether a caught value is an error of ours, made by any copy of these packages.
 * @param code where given, also whether it has this code or one below it: `PARSL_APP` matches `PARSL_APP_TIMEOUT`.
 */
export const isParslError = (error: unknown, code?: string): error is ParslError => {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false
  if (code === undefined) return true
  const own = String((error as unknown as ParslError).code)
  return own === code || own.startsWith(`${code}_`)
}
