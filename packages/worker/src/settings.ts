/** What a worker is told when it starts. */
export interface WorkerSettings {
  readonly killGraceMs: number
  /** How many bytes of code and other parts it keeps. */
  readonly keepBytes: number
}
