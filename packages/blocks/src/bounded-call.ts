import type { Clock, ProviderCall } from '@parsl/interfaces'

/** How a call is bounded. */
export interface Bound<T> {
  readonly clock: Clock
  readonly ms: number
  readonly what: string
  /** What comes of it after all, once nobody waits any more. */
  late?(value: T): void
}

/** Makes a call that is given up after so long, whether or not it listens to its signal. */
export const boundedCall = async <T>(run: (call: ProviderCall) => Promise<T>, bound: Bound<T>): Promise<T> => {
  const { clock, ms, what, late } = bound
  const controller = new AbortController()
  const { signal } = controller
  const givenUp = Promise.withResolvers<never>()
  const giveUp = (): void => {
    const reason = new Error(`${what} gave no answer within ${ms / 1_000} s`)
    controller.abort(reason)
    givenUp.reject(reason)
  }
  const callOff = clock.after(ms, giveUp, 'keepAlive')
  // Something that throws at once rejects, too.
  const answer = Promise.resolve({ signal }).then(run)
  try {
    return await Promise.race([answer, givenUp.promise])
  } finally {
    callOff()
    if (signal.aborted) answer.then(late, () => {})
  }
}
