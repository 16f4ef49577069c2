import type { ManagerView } from '../wire/messages.js'

/** What the interchange was asked and has not answered. */
export interface Questions {
  readonly size: number
  ask(): Promise<readonly ManagerView[]>
  answered(n: number, managers: readonly ManagerView[]): void
  /** Nobody answers any more. */
  fail(error: Error): void
}

export const newQuestions = (send: (n: number) => void): Questions => {
  const open = new Map<number, PromiseWithResolvers<readonly ManagerView[]>>()
  let count = 0
  return {
    get size() {
      return open.size
    },
    ask: () => {
      const n = count++
      const question = Promise.withResolvers<readonly ManagerView[]>()
      open.set(n, question)
      send(n)
      return question.promise
    },
    answered: (n, managers) => {
      open.get(n)?.resolve(managers)
      open.delete(n)
    },
    fail: (error) => {
      for (const { reject } of open.values()) reject(error)
      open.clear()
    },
  }
}
