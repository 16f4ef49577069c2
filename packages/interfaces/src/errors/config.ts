import { intrinsics } from '../marks.js'
import { ParslError } from './parsl-error.js'

/** A configuration or the options of an app are wrong. `details.complaints` holds every complaint, not just the first. */
export class ConfigurationError extends ParslError<{ readonly complaints: readonly string[] }> {
  override readonly name = 'ConfigurationError'
  readonly code = 'PARSL_CONFIG'

  constructor(complaints: readonly string[], options?: ErrorOptions) {
    const [first = 'bad configuration'] = complaints
    super(
      complaints.length <= 1
        ? first
        : `${complaints.length} complaints:\n${complaints.map((line) => `  - ${line}`).join('\n')}`,
      { complaints },
      options,
    )
  }
}

/** A kernel is loaded already; `clear()` or `close()` it first, or run several with `dataFlowKernel()`. */
export class AlreadyLoadedError extends ParslError<{ readonly runDir: string }> {
  override readonly name = 'AlreadyLoadedError'
  readonly code = 'PARSL_ALREADY_LOADED'

  constructor(details: { readonly runDir: string }) {
    super(
      `a kernel is loaded already (run directory ${details.runDir}): close it first, or start a second one beside it with dataFlowKernel(config)`,
      details,
    )
  }
}

/** An app was called, or `dfk()` asked, with no kernel loaded, or with one that is closed. */
export class NoDataFlowKernelError extends ParslError<{ readonly asked: string }> {
  override readonly name = 'NoDataFlowKernelError'
  readonly code = 'PARSL_NO_KERNEL'

  constructor(asked: string, state: 'none' | 'closed' = 'none') {
    super(
      `${asked} needs a kernel, and ${state === 'none' ? 'none is loaded: call load() first' : 'this one is closed: load() a new one'}`,
      { asked },
    )
  }
}

/** The run directory cannot be made or written. */
export class RunDirError extends ParslError<{ readonly path: string }> {
  override readonly name = 'RunDirError'
  readonly code = 'PARSL_RUN_DIR'

  constructor(path: string, options: ErrorOptions) {
    super(
      `cannot make a run directory in ${path}: ${(options.cause as Error).message}. Set runDir to a folder you may write`,
      { path },
      options,
    )
  }
}

/** A package that this feature needs is not installed. */
export class OptionalModuleMissing extends ParslError<{
  readonly modules: readonly string[]
  readonly reason: string
}> {
  override readonly name = 'OptionalModuleMissing'
  readonly code = 'PARSL_MODULE_MISSING'

  constructor(modules: readonly string[], reason: string, options?: ErrorOptions) {
    super(`${reason} needs ${modules.join(', ')}: add it with your package manager`, { modules, reason }, options)
  }
}

/** We broke our own rules: please report it, with the text. */
export class InternalConsistencyError extends ParslError<{ readonly story: readonly string[] }> {
  override readonly name = 'InternalConsistencyError'
  readonly code = 'PARSL_INTERNAL'

  constructor(message: string, story: readonly string[] = [], options?: ErrorOptions) {
    super(
      story.length === 0 ? message : `${message}\nwhat happened:\n${story.map((line) => `  ${line}`).join('\n')}`,
      { story },
      options,
    )
  }
}

intrinsics('@parsl/interfaces', {
  ConfigurationError,
  AlreadyLoadedError,
  NoDataFlowKernelError,
  RunDirError,
  OptionalModuleMissing,
  InternalConsistencyError,
})
