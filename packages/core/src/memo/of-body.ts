import { type BashExitFailure, isParslError } from '@parsl/interfaces'

const OF_BODIES = ['PARSL_APP_BASH_NO_RETURN', 'PARSL_APP_BAD_FORMATTING', 'PARSL_APP_MISSING_OUTPUTS']

/** Somebody ended it, or the system did, for want of memory perhaps. */
const wasEnded = (error: unknown): boolean => (error as BashExitFailure).details.signal !== null

/** A failure that an equal call would have too: not of a limit, of a place, or because somebody called it off. */
export const isOfBody = (error: unknown): boolean => {
  if (isParslError(error, 'PARSL_APP_BASH_EXIT')) return !wasEnded(error)
  return !isParslError(error) || OF_BODIES.includes(error.code)
}
