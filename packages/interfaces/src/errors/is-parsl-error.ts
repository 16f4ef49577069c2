import type {
  AppBadFormatting,
  AppException,
  AppExited,
  AppOutOfMemory,
  AppStalled,
  AppTimeout,
  BadStdStreamFile,
  BashAppNoReturn,
  BashExitFailure,
  MissingOutputs,
  NotInTask,
} from './app.js'
import type {
  AlreadyLoadedError,
  ConfigurationError,
  InternalConsistencyError,
  NoDataFlowKernelError,
  OptionalModuleMissing,
  RunDirError,
} from './config.js'
import type { MissingInputs, StagingError } from './data.js'
import type { CyclicWait, DependencyError, JoinError, TaskCancelled } from './dataflow.js'
import type {
  BadStateException,
  ExecutorError,
  InterchangeLost,
  InvalidResourceSpecification,
  ManagerLost,
  ScalingFailed,
  TooManyJobFailuresError,
  UnknownExecutor,
  UnsupportedFeatureError,
  VersionMismatch,
  WorkerLost,
} from './executor.js'
import type { BadCheckpoint } from './memo.js'
import type { ScaleOutFailed, ScriptPathError, SubmitException } from './provider.js'
import type { DeserializationError, SerializationError } from './serialize.js'
import { intrinsics } from '../marks.js'
import { BRAND, type ParslError } from './parsl-error.js'

/** The errors that these packages define. */
export type KnownError =
  | AppBadFormatting
  | AppException
  | AppExited
  | AppOutOfMemory
  | AppStalled
  | AppTimeout
  | BadStdStreamFile
  | BashAppNoReturn
  | BashExitFailure
  | MissingOutputs
  | NotInTask
  | AlreadyLoadedError
  | ConfigurationError
  | InternalConsistencyError
  | NoDataFlowKernelError
  | OptionalModuleMissing
  | RunDirError
  | MissingInputs
  | StagingError
  | CyclicWait
  | DependencyError
  | JoinError
  | TaskCancelled
  | BadStateException
  | ExecutorError
  | InvalidResourceSpecification
  | ScalingFailed
  | TooManyJobFailuresError
  | UnknownExecutor
  | UnsupportedFeatureError
  | WorkerLost
  | ManagerLost
  | InterchangeLost
  | VersionMismatch
  | BadCheckpoint
  | ScaleOutFailed
  | ScriptPathError
  | SubmitException
  | DeserializationError
  | SerializationError

/** What an error with this code, or one below it, is: of the known ones, or of a plug-in. */
export type ErrorOf<Code extends string> = [
  Extract<KnownError, { readonly code: Code | `${Code}_${string}` }>,
] extends [never]
  ? ParslError
  : Extract<KnownError, { readonly code: Code | `${Code}_${string}` }>

/** Whether a caught value is an error of ours, or of a plug-in, made by any copy of these packages. */
export function isParslError(error: unknown): error is ParslError
/** Whether it also has this code, or one below it: `PARSL_APP` matches `PARSL_APP_TIMEOUT`. */
export function isParslError<const Code extends string>(error: unknown, code: Code): error is ErrorOf<Code>
export function isParslError(error: unknown, code?: string): boolean {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false
  if (code === undefined) return true
  const own = String((error as unknown as ParslError).code)
  return own === code || own.startsWith(`${code}_`)
}

intrinsics('@parsl/interfaces', { isParslError })
