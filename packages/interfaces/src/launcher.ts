/**
 * The shape of the block that a command is started in.
 * @experimental
 */
export interface BlockShape {
  readonly nodes: number
  readonly tasksPerNode: number
  /** Where a launcher may have files written, on the file system of the block's first node. */
  readonly scriptDir: string
}

/**
 * Turns the command of one worker pool into the shell text that starts it on every node of a block. A pure function.
 * @experimental
 */
export type Launcher = (command: string, shape: BlockShape) => string
