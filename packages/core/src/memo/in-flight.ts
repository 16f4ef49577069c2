/** A call that waits for an equal one. */
interface Waiter<Call, Outcome> {
  /** Told for whom it waits. @throws where it must not */
  waitsFor(call: Call): void
  resolve(outcome: Outcome | undefined): void
  reject(error: unknown): void
}

interface Flight<Call, Outcome> {
  leader: Call
  waiting: Waiter<Call, Outcome>[]
}

/** Calls with one key: the first is run, the others wait for its outcome. */
export interface InFlight<Call, Outcome> {
  /** Whether a call with this key is under way. */
  has(key: string): boolean
  /**
   * The outcome of the call under way with this key; `undefined` for the one that is to be run: at once where there is none, or when those before had no outcome
   * to share. `waitsFor` is told whose outcome is waited for; what it throws rejects.
   */
  join(key: string, call: Call, waitsFor: (leader: Call) => void): Promise<Outcome | undefined> | undefined
  /** The call under way has ended. Without an outcome to share, the next one is under way. */
  end(key: string, outcome: Outcome | undefined): void
}

/** Tells those who wait of another leader; gives those who may. */
const retold = <Call, Outcome>({ leader, waiting }: Flight<Call, Outcome>): Waiter<Call, Outcome>[] =>
  waiting.filter(({ waitsFor, reject }) => {
    try {
      waitsFor(leader)
      return true
    } catch (error) {
      reject(error)
      return false
    }
  })

export const newInFlight = <Call, Outcome>(): InFlight<Call, Outcome> => {
  const flights = new Map<string, Flight<Call, Outcome>>()
  const leaders = new WeakMap<Waiter<Call, Outcome>, Call>()
  return {
    has: (key) => flights.has(key),
    join: (key, call, waitsFor) => {
      const flight = flights.get(key)
      if (!flight) {
        flights.set(key, { leader: call, waiting: [] })
        return undefined
      }
      return new Promise((resolve, reject) => {
        waitsFor(flight.leader)
        const waiter: Waiter<Call, Outcome> = { waitsFor, resolve, reject }
        leaders.set(waiter, call)
        flight.waiting.push(waiter)
      })
    },
    end: (key, outcome) => {
      const flight = flights.get(key)
      const next = outcome === undefined ? flight?.waiting.shift() : undefined
      if (!flight || !next) {
        flights.delete(key)
        for (const { resolve } of flight?.waiting ?? []) resolve(outcome)
        return
      }
      flight.leader = leaders.get(next) as Call
      flight.waiting = retold(flight)
      next.resolve(undefined)
    },
  }
}
