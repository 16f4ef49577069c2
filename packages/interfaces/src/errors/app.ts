import { intrinsics } from '../marks.js'
import { ParslError } from './parsl-error.js'

/** An app's body could not be run at all, for a reason no other class names. */
export class AppException extends ParslError<{ readonly app: string }> {
  override readonly name = 'AppException'
  readonly code = 'PARSL_APP'

  constructor(app: string, message: string, options?: ErrorOptions) {
    super(`app ${app}: ${message}`, { app }, options)
  }
}

/** The facts of a {@link BashExitFailure}. */
export interface BashExitDetails {
  readonly app: string
  /** As bash gives it: 126 not executable, 127 not found, 128 + number for a signal; `null` where a signal ended bash itself. */
  readonly exitCode: number | null
  readonly signal: string | null
  readonly command: string
  /** Where the streams were written, where they were. */
  readonly stdout: string | undefined
  readonly stderr: string | undefined
  /** The last lines of standard error, at most 2 KiB. */
  readonly stderrTail: string
}

/** A shell command ended with another exit code than 0, or by a signal. */
export class BashExitFailure extends ParslError<BashExitDetails> {
  override readonly name = 'BashExitFailure'
  readonly code = 'PARSL_APP_BASH_EXIT'

  constructor(details: BashExitDetails) {
    const how = details.signal === null ? `failed with exit code ${details.exitCode}` : `was ended by ${details.signal}`
    const streams = [details.stdout, details.stderr].filter((path) => path !== undefined).join(', ')
    const last = details.stderrTail.trimEnd()
    const tail = last === '' ? '' : `\n${last.replaceAll(/^/gm, '  | ')}`
    super(`bash app ${details.app} ${how}${streams === '' ? '' : ` (streams: ${streams})`}${tail}`, details)
  }
}

/** The facts of an {@link AppTimeout}. */
export interface AppTimeoutDetails {
  readonly app: string
  /** `walltime` counts from the start of the try, `timeout` from submission. */
  readonly limit: 'walltime' | 'timeout'
  readonly limitMs: number
}

/** A time limit of the app ran out; its processes were ended. */
export class AppTimeout extends ParslError<AppTimeoutDetails> {
  override readonly name = 'AppTimeout'
  readonly code = 'PARSL_APP_TIMEOUT'

  constructor(details: AppTimeoutDetails) {
    super(`app ${details.app} exceeded its ${details.limit} of ${details.limitMs / 1_000} s`, details)
  }
}

/** The body of a bash app returned no command. */
export class BashAppNoReturn extends ParslError<{ readonly app: string; readonly returned: string }> {
  override readonly name = 'BashAppNoReturn'
  readonly code = 'PARSL_APP_BASH_NO_RETURN'

  constructor(app: string, returned: string) {
    super(`bash app ${app} must return a command (sh\`...\` or a string) and returned ${returned}`, { app, returned })
  }
}

/** A value cannot stand in a shell command. */
export class AppBadFormatting extends ParslError<{ readonly position: number; readonly command: string }> {
  override readonly name = 'AppBadFormatting'
  readonly code = 'PARSL_APP_BAD_FORMATTING'

  /** @param command the template, with `${...}` for its values */
  constructor(position: number, what: string, command: string) {
    super(`value ${position + 1} of sh\`${command}\` is ${what}: give text, a number, a file, or an array of those`, {
      position,
      command,
    })
  }
}

/** The body never settles: it waits, and nothing is left on the event loop that could end the wait. */
export class AppStalled extends ParslError<{ readonly app: string; readonly waitingFor: string }> {
  override readonly name = 'AppStalled'
  readonly code = 'PARSL_APP_STALLED'

  constructor(app: string, waitingFor: string) {
    super(
      `app ${app} can never finish: it waits for ${waitingFor}, and nothing is left on the event loop that could settle it`,
      { app, waitingFor },
    )
  }
}

/** Files that the app promised with `output(...)` are not there after its end. */
export class MissingOutputs extends ParslError<{ readonly app: string; readonly outputs: readonly string[] }> {
  override readonly name = 'MissingOutputs'
  readonly code = 'PARSL_APP_MISSING_OUTPUTS'

  constructor(app: string, outputs: readonly string[]) {
    super(`app ${app} ended well but did not make ${outputs.join(', ')}`, { app, outputs })
  }
}

/** The file for standard output or standard error cannot be opened. */
export class BadStdStreamFile extends ParslError<{ readonly stream: 'stdout' | 'stderr'; readonly path: string }> {
  override readonly name = 'BadStdStreamFile'
  readonly code = 'PARSL_APP_STD_STREAM'

  constructor(stream: 'stdout' | 'stderr', path: string, options: ErrorOptions) {
    super(`cannot open ${path} for ${stream}: ${(options.cause as Error).message}`, { stream, path }, options)
  }
}

/** `task()` was called where no body of an app is running. */
export class NotInTask extends ParslError {
  override readonly name = 'NotInTask'
  readonly code = 'PARSL_APP_NO_TASK'

  constructor() {
    super(
      'task() gives the task whose body is running, and here none is: call it in the body of an app, or in what the body calls',
      {},
    )
  }
}

/** The facts of an {@link AppOutOfMemory}. */
export interface OutOfMemoryDetails {
  readonly app: string
  readonly worker: string
  /** Heap that the worker had, in MiB; `undefined` where none was set and Node's own limit held. */
  readonly heapMb: number | undefined
}

/** A body filled the heap of its worker. */
export class AppOutOfMemory extends ParslError<OutOfMemoryDetails> {
  override readonly name = 'AppOutOfMemory'
  readonly code = 'PARSL_APP_OUT_OF_MEMORY'

  constructor(details: OutOfMemoryDetails, options?: ErrorOptions) {
    const { app, worker, heapMb } = details
    const limit = heapMb === undefined ? "Node's own limit" : `${heapMb} MiB`
    super(
      `app ${app} filled the heap of ${worker} (${limit}): ask for more with resources: { memory: '8GiB' }, or hold less at once`,
      details,
      options,
    )
  }
}

/** A body called `process.exit`. */
export class AppExited extends ParslError<{ readonly app: string; readonly exitCode: number }> {
  override readonly name = 'AppExited'
  readonly code = 'PARSL_APP_EXITED'

  constructor(app: string, exitCode: number) {
    super(`app ${app} called process.exit(${exitCode}): a body ends by returning or throwing`, { app, exitCode })
  }
}

intrinsics('@parsl/interfaces', {
  AppException,
  BashExitFailure,
  AppTimeout,
  BashAppNoReturn,
  AppBadFormatting,
  AppStalled,
  MissingOutputs,
  BadStdStreamFile,
  NotInTask,
  AppExited,
  AppOutOfMemory,
})
