import type { Logger } from '@parsl/interfaces'

/** A logger whose every line also says these facts. */
export const logWith = (log: Logger, facts: object): Logger => ({
  debug: (more, message) => log.debug({ ...facts, ...more }, message),
  info: (more, message) => log.info({ ...facts, ...more }, message),
  warn: (more, message) => log.warn({ ...facts, ...more }, message),
  error: (more, message) => log.error({ ...facts, ...more }, message),
})
