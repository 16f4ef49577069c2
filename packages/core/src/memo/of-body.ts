import { isParslError } from '@parsl/interfaces'

const OF_BODIES = [
  'PARSL_APP_BASH_EXIT',
  'PARSL_APP_BASH_NO_RETURN',
  'PARSL_APP_BAD_FORMATTING',
  'PARSL_APP_MISSING_OUTPUTS',
]

/** A failure that an equal call would have too: not of a limit, of a place, or because somebody called it off. */
export const isOfBody = (error: unknown): boolean => !isParslError(error) || OF_BODIES.includes(error.code)
