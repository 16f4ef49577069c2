import { intrinsics } from '../marks.js'
import { ParslError } from './parsl-error.js'

/** A checkpoint cannot be read, made or written. */
export class BadCheckpoint extends ParslError<{ readonly path: string; readonly reason: string }> {
  override readonly name = 'BadCheckpoint'
  readonly code = 'PARSL_CHECKPOINT'

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`cannot use the checkpoint ${path}: ${reason}`, { path, reason }, options)
  }
}

intrinsics('@parsl/interfaces', { BadCheckpoint })
