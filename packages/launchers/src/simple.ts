import { type Launcher, staysAsConfiguration } from '@parsl/interfaces'

/**
 * Runs the command once, on the block's first node. For blocks of one node, and for commands that spread over the nodes themselves, as those of MPI do.
 */
export const simpleLauncher = (): Launcher => staysAsConfiguration((command: string) => command)

staysAsConfiguration(simpleLauncher)
