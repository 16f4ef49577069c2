import type { Logger, MonitoringEvent, MonitoringSink } from '@parsl/interfaces'

/** Hands events to monitoring sinks. A sink that throws is named in the log once, and costs no task. */
export interface Reporter {
  event(event: MonitoringEvent): void
  close(): Promise<void>
}

export const newReporter = (sinks: readonly MonitoringSink[], log: Logger): Reporter => {
  const complained = new Set<MonitoringSink>()
  const complain = (sink: MonitoringSink, error: unknown): void => {
    if (complained.has(sink)) return
    complained.add(sink)
    log.error({ err: error }, 'a monitoring sink failed; its further failures are not logged')
  }
  return {
    event: (event) => {
      for (const sink of sinks) {
        try {
          sink.event(event)
        } catch (error) {
          complain(sink, error)
        }
      }
    },
    close: async () => {
      const close = async (sink: MonitoringSink): Promise<void> => sink.close()
      await Promise.all(sinks.map((sink) => close(sink).catch((error: unknown) => complain(sink, error))))
    },
  }
}
