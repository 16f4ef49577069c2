const INTRINSIC = Symbol.for('parsl.intrinsic')
const STAYS = Symbol.for('parsl.stays')

/**
 * Marks values that every worker has itself, so that they travel by name. Both sides give them under that name
 * (`@parsl/worker sh`) to `createFunctions({ intrinsics })`.
 * @param from the package that exports them
 */
export const intrinsics = (from: string, values: Readonly<Record<string, object>>): void => {
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(value, INTRINSIC, { value: `${from} ${name}` })
}

/** The name under which a value travels, if it was marked so itself; a class that extends it was not. */
export const intrinsicName = (value: object): string | undefined => {
  const name: unknown = Reflect.getOwnPropertyDescriptor(value, INTRINSIC)?.value
  return typeof name === 'string' ? name : undefined
}

/**
 * Marks a value that means nothing in another process, or with a prototype all that inherit from it: it is refused at
 * submission.
 * @param reason what it is, and what to do instead: `it is a future; pass it as an argument`
 */
export const stays = <Value extends object>(reason: string, value: Value): Value =>
  Object.defineProperty(value, STAYS, { value: reason })

/** Marks a function that makes a part of a configuration, or the part: it stays in the program. */
export const staysAsConfiguration = <Value extends object>(value: Value): Value =>
  stays('it belongs to the configuration, which stays in the program; pass the body the values that it needs', value)

/** Why a value stays in the program, if it does. */
export const reasonItStays = (value: object): string | undefined => {
  const reason = (value as { [STAYS]?: unknown })[STAYS]
  return typeof reason === 'string' ? reason : undefined
}
