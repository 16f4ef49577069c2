import { intrinsics } from '../marks.js'
import { ParslError } from './parsl-error.js'

/** A function or value cannot travel; `details.path` says where in it. */
export class SerializationError extends ParslError<{ readonly path: string }> {
  override readonly name = 'SerializationError'
  readonly code = 'PARSL_SERIALIZE'

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path} cannot travel: ${reason}`, { path }, options)
  }
}

/** What arrived cannot be read back. */
export class DeserializationError extends ParslError<{ readonly reason: string }> {
  override readonly name = 'DeserializationError'
  readonly code = 'PARSL_DESERIALIZE'

  constructor(reason: string, options?: ErrorOptions) {
    super(`cannot read what arrived: ${reason}`, { reason }, options)
  }
}

intrinsics('@parsl/interfaces', { SerializationError, DeserializationError })
