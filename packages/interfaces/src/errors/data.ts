import { intrinsics } from '../marks.js'
import { ParslError } from './parsl-error.js'

/** An address without the secrets that it may hold. */
const withoutSecrets = (url: string): string => url.replace(/\/\/[^/@]*@/, '//***@').replace(/\?.*$/s, '?***')

/** A file could not be brought to where the task runs, or back. */
export class StagingError extends ParslError<{ readonly url: string }> {
  override readonly name = 'StagingError'
  readonly code = 'PARSL_DATA_STAGING'

  constructor(url: string, reason: string, options?: ErrorOptions) {
    const shown = withoutSecrets(url)
    super(`cannot stage ${shown}: ${reason}`, { url: shown }, options)
  }
}

/** Input files are not there when the task is about to start. */
export class MissingInputs extends ParslError<{ readonly app: string; readonly inputs: readonly string[] }> {
  override readonly name = 'MissingInputs'
  readonly code = 'PARSL_DATA_MISSING_INPUTS'

  constructor(app: string, inputs: readonly string[]) {
    super(`app ${app} needs ${inputs.join(', ')}, which ${inputs.length === 1 ? 'is' : 'are'} not there`, {
      app,
      inputs,
    })
  }
}

intrinsics('@parsl/interfaces', { StagingError, MissingInputs })
