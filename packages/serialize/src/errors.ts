import { isParslError, ParslError } from '@parsl/interfaces'

/** A message names codes that are not known here: ask the sender for them and decode it again. */
export class CodesMissing extends ParslError<{ readonly ids: readonly string[] }> {
  override readonly name = 'CodesMissing'
  readonly code = 'PARSL_DESERIALIZE_CODES'
  /** All that the message lacks. */
  readonly ids: readonly string[]

  constructor(ids: readonly string[]) {
    super(`cannot read what arrived: it needs codes that are not here: ${ids.join(', ')}`, { ids })
    this.ids = ids
  }
}

/** A message needs packages that are to be imported first, so that its functions can be made. */
export class ModulesMissing extends ParslError {
  override readonly name = 'ModulesMissing'
  readonly code = 'PARSL_DESERIALIZE_MODULES'
  readonly load: () => Promise<void>

  constructor(load: () => Promise<void>) {
    super('packages must be loaded first: decode inside whenReady()', {})
    this.load = load
  }
}

/** Where a message could not be decoded for want of packages: loads them, so that it can be decoded then. */
export const loadMissing = (error: unknown): Promise<void> | undefined =>
  isParslError(error, 'PARSL_DESERIALIZE_MODULES') ? (error as ModulesMissing).load() : undefined
