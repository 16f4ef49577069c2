/** A node as it stands before its parts are read. */
export interface Made {
  readonly node: unknown
  /** How many parts of its own follow, before its properties. */
  readonly want?: number
  /** An array: there may be holes among its parts, and they may go straight into it. */
  readonly holes?: boolean
  /** Takes the parts; what it returns replaces the node. */
  readonly finish?: (items: readonly unknown[]) => unknown
  /** Its properties are set by assignment, for nothing of its own stands in the way. */
  readonly plain?: boolean
}
