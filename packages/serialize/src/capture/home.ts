import { randomUUID } from 'node:crypto'

/** Remembers which class a class was made of, so that what comes back is of the class it left as. */
export interface Home {
  tokenOf(made: object): string
  /** The class here that a token was given for. */
  find(token: string): object | undefined
  /** A class that was made of one elsewhere. */
  remember(made: object, token: string): void
}

export const createHome = (): Home => {
  const place = randomUUID()
  const tokens = new WeakMap<object, string>()
  const classes = new Map<string, WeakRef<object>>()
  const gone = new FinalizationRegistry<string>((token) => classes.delete(token))
  let count = 0
  return {
    tokenOf: (made) => {
      const known = tokens.get(made)
      if (known !== undefined) return known
      count += 1
      const token = `${place}:${count}`
      tokens.set(made, token)
      classes.set(token, new WeakRef(made))
      gone.register(made, token)
      return token
    },
    find: (token) => classes.get(token)?.deref(),
    remember: (made, token) => tokens.set(made, token),
  }
}
