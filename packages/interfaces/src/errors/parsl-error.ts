import { intrinsics } from '../marks.js'

export const BRAND = Symbol.for('parsl.error')

/** What every error of ours is: a stable `code`, the facts in `details`, and the cause kept. Tell errors apart with `isParslError`, never with `instanceof`. */
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

intrinsics('@parsl/interfaces', { ParslError })
