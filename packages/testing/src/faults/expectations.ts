/** What a fault comes to, where executors may differ. */
export interface Expectations {
  /** The code, or a part of the tree of codes, of an error whose worker was lost. @defaultValue 'PARSL_EXECUTOR' */
  readonly lost?: string
  /** What an error becomes that a timer of a running body throws: the body's own failure, or a lost worker. @defaultValue 'own' */
  readonly uncaught?: 'own' | 'lost'
  /** Whether a body is found out that waits for nothing. @defaultValue where bodies do not run in the program */
  readonly stalls?: boolean
  /** A body that imports a package at the top of its file which workers do not have, and the name of that package. */
  readonly missingPackage?: { readonly name: string; readonly body: () => unknown }
}
