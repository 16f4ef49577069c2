/**
 * Cleans up when the program is gone, however it went. Hand it what must not outlive the program, take it back when it has ended.
 * @experimental
 */
export interface Guardian {
  /** Environment that marks a child process as belonging to this run; spread it into the child's. */
  mark(): Readonly<Record<string, string>>
  /** Kill this process group. Returns how to take it back. */
  processGroup(pgid: number): () => void
  /** Run this command line (a batch system's cancel). Returns how to take it back. */
  command(argv: readonly string[]): () => void
  /** Remove this file or folder (keys, sockets). Returns how to take it back. */
  path(path: string): () => void
}
