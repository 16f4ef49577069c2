import { intrinsics } from '../marks.js'
import { ParslError } from './parsl-error.js'

/** The facts of a {@link SubmitException}. */
export interface SubmitDetails {
  readonly provider: string
  readonly jobName: string
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The batch system refused a block. */
export class SubmitException extends ParslError<SubmitDetails> {
  override readonly name = 'SubmitException'
  readonly code = 'PARSL_PROVIDER_SUBMIT'

  constructor(details: SubmitDetails, options?: ErrorOptions) {
    super(
      `${details.provider} refused job ${details.jobName} (exit code ${details.exitCode}): ${details.stderr || details.stdout}`,
      details,
      options,
    )
  }
}

/** A provider could not start a block. */
export class ScaleOutFailed extends ParslError<{ readonly provider: string }> {
  override readonly name = 'ScaleOutFailed'
  readonly code = 'PARSL_PROVIDER_SCALE_OUT'

  constructor(provider: string, reason: string, options?: ErrorOptions) {
    super(`${provider} could not start a block: ${reason}`, { provider }, options)
  }
}

/** A job script cannot be written. */
export class ScriptPathError extends ParslError<{ readonly path: string }> {
  override readonly name = 'ScriptPathError'
  readonly code = 'PARSL_PROVIDER_SCRIPT_PATH'

  constructor(path: string, options: ErrorOptions) {
    super(`cannot write the job script ${path}: ${(options.cause as Error).message}`, { path }, options)
  }
}

intrinsics('@parsl/interfaces', { SubmitException, ScaleOutFailed, ScriptPathError })
