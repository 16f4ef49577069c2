/**
 * A file as apps see it: `file(...)` and `output(...)` make them.
 * @experimental
 */
export interface DataFile {
  /** The whole address: `file:///data/a.txt`, `https://...`. */
  readonly url: string
  /** Without the colon. */
  readonly scheme: string
  /** Where the body finds it on its own machine. An absolute path. */
  readonly path: string
  /** The last part of the path. */
  readonly filename: string
  /** The path, so that text templates take a file. */
  toString(): string
}

/** A file, a folder, or files that match a pattern, which a task promised to make. */
export interface ExpectedOutput {
  readonly kind: 'file' | 'directory' | 'glob'
  /** For a `glob`, its `path` is the pattern. */
  readonly file: DataFile
}

/** Where a task will run, as staging sees it. */
export interface StagingSite {
  readonly executor: string
  /** Where staged copies go; absolute, and this task's own. */
  readonly workingDir: string
}

/** How one file gets there. */
export interface StagingPlan {
  /** Where the body finds the file, or leaves it. */
  readonly path: string
  /** Absent where nothing has to move. */
  readonly transfer?: (call: { readonly signal: AbortSignal }) => Promise<void>
}

/**
 * Moves files of some kind of address. The first staging of an executor that claims a file is used.
 * @experimental
 */
export interface Staging {
  readonly name: string
  claims(file: DataFile, direction: 'in' | 'out'): boolean
  stageIn(file: DataFile, site: StagingSite): StagingPlan
  stageOut(file: DataFile, site: StagingSite): StagingPlan
}
