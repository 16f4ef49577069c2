/** What a function or class is made of, apart from what it closes over: many functions may have one code. */
export interface CodeText {
  /** Tells codes apart: a hash of the text. */
  readonly id: string
  readonly text: string
}

/** A function or class that travels by value. */
export interface FunctionByCode {
  /** What the other side makes the function of. Equal codes are sent once per message. */
  readonly code: CodeText
  /** Says of a class which one it is, so that it is one class in several messages, and itself when it comes home. */
  readonly token?: string
  /** What it closes over: values that travel, in order or by name. */
  readonly captured?: readonly unknown[] | Readonly<Record<string, unknown>>
  /** Own properties and static fields: values that travel. */
  readonly properties?: Readonly<Record<PropertyKey, unknown>>
}

/** A function or class that the other side has already. */
export interface FunctionByName {
  readonly name: string
}

export type FunctionDescription = FunctionByCode | FunctionByName

/** A function or a class; classes have no call signature. */
export type AnyFunction = Function

/** Tells how functions and classes travel. Without it they are refused. */
export interface FunctionEncoder {
  /**
   * Asked once per function and message.
   * @throws a `SerializationError` with `path` if the function cannot travel.
   */
  describe(fn: AnyFunction, path: string): FunctionDescription
  /** The name of an object that the other side has itself; asked of proxies too, but not of what looks like data. */
  nameOf?(value: object): string | undefined
  /** Whether an instance holds what cannot be read from outside: private fields, slots of the engine. */
  hasHiddenState?(instance: object): boolean
}

/**
 * Makes functions and classes again, in two phases, so that a closure may reach itself. A class is made, and its
 * `prototype` is in place, when `create` returns; a superclass that was captured is linked in `fill`.
 */
export interface FunctionDecoder {
  /** Told the text of all codes of a message before anything is made, so that it can ask for what is missing. */
  prepare?(codes: readonly string[]): void
  /** Makes the function, without what it closes over. */
  create(description: { readonly code: string; readonly token?: string } | FunctionByName): object
  /**
   * Gives it what it closes over; not called for functions by name. Functions and objects among it that lead back
   * here are made, and may still lack their contents, so `fill` keeps them without looking into them.
   */
  fill(fn: object, parts: Pick<FunctionByCode, 'captured' | 'properties'>): void
}
