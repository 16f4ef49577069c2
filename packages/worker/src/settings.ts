/** What a worker is told when it starts. */
export interface WorkerSettings {
  readonly killGraceMs: number
  /** Environment that marks what it starts as belonging to the run. */
  readonly mark: Readonly<Record<string, string>>
  /** How many bytes of code and other parts it keeps. */
  readonly keepBytes: number
}
