import type { BlockErrorHandler, BlocksOption } from '@parsl/blocks'
import type { Bytes, Duration, Launcher, Provider, Staging } from '@parsl/interfaces'

/** Which manager is given the next task, among those that have room. */
export type ManagerSelector = 'random' | 'blockId' | 'fewestManagers'

/** Options of {@link highThroughputExecutor}. */
export interface HighThroughputOptions {
  /** Name of the executor. @defaultValue 'htex' */
  readonly label?: string
  /** Where blocks come from. @defaultValue `localProvider()`: this machine */
  readonly provider?: Provider
  /** Starts the manager on every node of a block, in place of the provider's own. */
  readonly launcher?: Launcher
  /** How many blocks there are, and how eagerly more are asked for. @defaultValue `{ init: 1, min: 0, max: 1, parallelism: 1 }` */
  readonly blocks?: BlocksOption
  /** What tasks run in. Threads of a node all live in one process, apart from the manager. @defaultValue 'processes' */
  readonly workers?: 'processes' | 'threads'
  /** Cores for each worker; below 1 there are more workers than cores. @defaultValue 1 */
  readonly coresPerWorker?: number
  /** Memory for each worker: limits how many a node has, and the heap of each. @defaultValue no limit, Node's own heap */
  readonly memPerWorker?: Bytes
  /** Workers of a node at most. @defaultValue as many as cores and memory allow */
  readonly maxWorkersPerNode?: number
  /** Only `'none'` yet. @defaultValue 'none' */
  readonly cpuAffinity?: 'none'
  /** Only none yet. @defaultValue [] */
  readonly availableAccelerators?: number | readonly string[]
  /** Tasks that a manager is sent beyond those that its workers run. @defaultValue 0 */
  readonly prefetch?: number
  /** A manager ends so long after its start, when its tasks have ended; another block takes its place where there is work. @defaultValue never */
  readonly drainPeriod?: Duration
  /** Which manager is given the next task. @defaultValue 'random' */
  readonly managerSelector?: ManagerSelector
  /** Whether what managers and the interchange say is encrypted, and strangers kept out. @defaultValue true */
  readonly encrypted?: boolean
  /** The address under which managers reach this machine, an IPv4 or IPv6 address. @defaultValue every address of this machine, whichever answers first; for blocks on this machine 127.0.0.1 */
  readonly address?: string
  /** The port to which managers connect. @defaultValue one of `portRange` */
  readonly port?: number
  /** The first and the last of the ports that are tried. @defaultValue [54000, 55000] */
  readonly portRange?: readonly [number, number]
  /** How long a manager may try addresses. @defaultValue '30s' */
  readonly addressProbeTimeout?: Duration
  /** How often both sides say that they live. @defaultValue 30000 */
  readonly heartbeatPeriodMs?: Duration
  /** Silence after which the other side is lost. @defaultValue 120000 */
  readonly heartbeatThresholdMs?: Duration
  /** Where managers write their logs, a folder that nodes can write. @defaultValue the executor's folder in the run directory */
  readonly workerLogdirRoot?: string
  /** Arguments of one task, or one shared value, at most. @defaultValue '1GiB' */
  readonly maxMessageSize?: Bytes
  /** Program and arguments that start the interchange, which is told its settings on standard input. @defaultValue the one of this package, with this Node */
  readonly interchangeCommand?: readonly string[]
  /** Shell text that starts a manager; `{command}` in it stands for what would be run otherwise. @defaultValue '{command}' */
  readonly launchCommand?: string
  /** How long the interchange may take to start. @defaultValue '120s' */
  readonly startTimeout?: Duration
  /** Decides by the blocks that failed whether the executor is given up: `true` when all of the first have failed, `false` never, or one of `@parsl/blocks`, or your own. @defaultValue true */
  readonly blockErrorHandler?: boolean | BlockErrorHandler
  /** Tried in order for each file; absent: the kernel's own list. */
  readonly staging?: readonly Staging[]
}
