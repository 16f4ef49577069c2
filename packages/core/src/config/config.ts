import type {
  Backoff,
  DependencyResolver,
  Duration,
  Executor,
  Logger,
  Memoizer,
  MonitoringSink,
  RetryHandler,
  Staging,
} from '@parsl/interfaces'
import type { StdAutopath } from '../kernel/streams.js'

/** What to do when the block of `load(config, block)` or `await using` ends: wait for every task, stop what has not ended, or leave the kernel loaded. */
export type ExitMode = 'wait' | 'cleanup' | 'skip'

/** How the kernel logs: a level for its own JSON log in the run directory, a logger of yours, or nothing. */
export type LogOption = 'debug' | 'info' | 'warn' | 'error' | Logger | false

/** Reports that this library was used, to a collector of yours. Nothing is sent unless this is given. */
export interface UsageTracking {
  /** `udp://host:port` */
  readonly collector: string
  /** 1: versions and platform; 2: also the labels of the executors; 3: also, at the end, how long it ran and how many tasks it had. */
  readonly level: 1 | 2 | 3
  readonly project?: string
}

/** Everything that a kernel is told. Each part is optional; nothing here is changed by loading it. */
export interface Config {
  /** @defaultValue one `processPoolExecutor()` of `@parsl/executor-local`: as many processes as the machine has cores */
  readonly executors?: readonly Executor[]
  /** Remembers results of apps with `cache: true`. @defaultValue `basicMemoizer()`: in memory, until the kernel closes */
  readonly memoizer?: Memoizer
  /** Where futures are looked for in arguments. @defaultValue 'deep' */
  readonly dependencyResolver?: 'deep' | 'shallow' | DependencyResolver
  /** @defaultValue 'wait' */
  readonly exitMode?: ExitMode
  /** What failures of one task's body may cost before it is given up. @defaultValue 0 */
  readonly retries?: number
  /** Says what a failure costs, and how long to wait. @defaultValue 1 each */
  readonly retryHandler?: RetryHandler
  /** Waits between tries that grow. @defaultValue none */
  readonly retryBackoff?: Backoff
  /** How often one task may be lost to infrastructure. @defaultValue 3 */
  readonly infrastructureRetries?: number
  /** How executors with blocks are scaled: `'simple'` adds blocks for work and removes them when there is none, `'htexAutoScale'` also removes idle ones while others work, `'none'` only starts. @defaultValue 'simple' */
  readonly strategy?: 'none' | 'simple' | 'htexAutoScale'
  /** Between two decisions on blocks. @defaultValue '5s' */
  readonly strategyPeriod?: Duration
  /** How long blocks may be idle before they are removed. @defaultValue '2m' */
  readonly maxIdleTime?: Duration
  /** Where numbered run directories are made. @defaultValue 'runinfo' */
  readonly runDir?: string
  /** Chooses the files of `'auto'` streams. @defaultValue below `task_logs` in the run directory */
  readonly stdAutopath?: StdAutopath
  /** Take the events of the run. */
  readonly monitoring?: readonly MonitoringSink[]
  /** Tried in order for each file, by executors that name none of their own. @defaultValue [localStaging()] */
  readonly staging?: readonly Staging[]
  /** Between asking a body to stop and killing it. @defaultValue '5s' */
  readonly killGrace?: Duration
  /** What happens to processes and jobs when the program is gone without having closed its kernel. @defaultValue 'end' */
  readonly onSubmitterLost?: 'end' | 'finish'
  /** The first SIGINT drains and the second kills; SIGTERM and SIGHUP kill. @defaultValue true */
  readonly handleSignals?: boolean
  /** A progress line on standard error. @defaultValue 'auto': where that is a terminal */
  readonly progress?: boolean | 'auto'
  /** @defaultValue 'info' */
  readonly log?: LogOption
  /** Forget tasks when they have ended; `false` keeps them in `kernel.tasks`. @defaultValue true */
  readonly garbageCollect?: boolean
  /** @defaultValue none: no network call is ever made */
  readonly usageTracking?: UsageTracking
}
