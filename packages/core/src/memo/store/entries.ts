/** One part of a key, so that a miss can be explained. */
export interface KeyPart {
  /** `argument 2 › threads`, `function align`. */
  readonly label: string
  readonly digest: string
  /** The value itself, where it is small. */
  readonly shown?: string
}

/** An output file of a remembered call as it was when it was made. */
export interface KeptOutput {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'glob'
  readonly state: string
  /** Where a copy is, if one is kept. */
  readonly copy?: string
}

/** One remembered result. */
export interface MemoEntry {
  /** 32 bytes. */
  readonly key: Uint8Array
  readonly app: string
  readonly taskId: number
  readonly runId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Identity of the function; its parts are kept once per file. */
  readonly body: string
  /** Of arguments, files and environment; not of the function. */
  readonly parts: readonly KeyPart[]
  readonly outputs: readonly KeptOutput[]
  /** An encoded value, which means nothing here. */
  readonly value: Uint8Array
}

/** What one function consisted of; written once per file, before the first entry that names it. */
export interface BodyParts {
  readonly body: string
  readonly parts: readonly KeyPart[]
}
