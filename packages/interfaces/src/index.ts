export { type Bytes, BYTES_FORMS, bytesOf, parseBytes } from './bytes.js'
export { type Clock, systemClock } from './clock.js'
export type { DependencyResolver } from './dependency.js'
export { type Duration, DURATION_FORMS, durationMs, parseDuration } from './duration.js'
export {
  AppBadFormatting,
  AppException,
  AppExited,
  AppOutOfMemory,
  AppStalled,
  AppTimeout,
  type AppTimeoutDetails,
  BadStdStreamFile,
  BashAppNoReturn,
  type BashExitDetails,
  BashExitFailure,
  MissingOutputs,
  NotInTask,
  type OutOfMemoryDetails,
} from './errors/app.js'
export {
  AlreadyLoadedError,
  ConfigurationError,
  InternalConsistencyError,
  NoDataFlowKernelError,
  OptionalModuleMissing,
  RunDirError,
} from './errors/config.js'
export { MissingInputs, StagingError } from './errors/data.js'
export { CyclicWait, DependencyError, type DependencyFailure, JoinError, TaskCancelled } from './errors/dataflow.js'
export {
  BadStateException,
  type ExecutorDetails,
  ExecutorError,
  InvalidResourceSpecification,
  ScalingFailed,
  TooManyJobFailuresError,
  UnknownExecutor,
  UnsupportedFeatureError,
  WorkerLost,
  type WorkerLostDetails,
} from './errors/executor.js'
export { type ErrorOf, isParslError, type KnownError } from './errors/is-parsl-error.js'
export { BadCheckpoint } from './errors/memo.js'
export { ParslError } from './errors/parsl-error.js'
export { ScaleOutFailed, ScriptPathError, type SubmitDetails, SubmitException } from './errors/provider.js'
export { DeserializationError, SerializationError } from './errors/serialize.js'
export type {
  Block,
  BlockLimits,
  Executor,
  ExecutorCapabilities,
  ExecutorContext,
  ExecutorReport,
  FailureKind,
  RunningExecutor,
  Scalable,
  StreamTarget,
  TaskSpec,
  TaskTry,
} from './executor.js'
export type { Guardian } from './guardian.js'
export { FINAL_JOB_STATES, type JobState, type JobStatus } from './job-status.js'
export type { BlockShape, Launcher } from './launcher.js'
export type { Logger } from './logger.js'
export { intrinsicName, intrinsics, reasonItStays, stays, staysAsConfiguration } from './marks.js'
export type {
  MemoAnswer,
  MemoCall,
  MemoDifference,
  MemoExplanation,
  Memoizer,
  MemoizerContext,
  MemoHit,
  RunningMemoizer,
} from './memoizer.js'
export type { MonitoringEvent, MonitoringSink } from './monitoring.js'
export { didYouMean, nearestName } from './nearest.js'
export {
  type Check,
  type Checks,
  complaintsAbout,
  isAbortSignal,
  isBoolean,
  isBytes,
  isCount,
  isDuration,
  isEither,
  isFunction,
  isListOf,
  isNumber,
  isObject,
  isOneOf,
  isPositiveCount,
  isPositiveDuration,
  isRecordOf,
  isText,
} from './options.js'
export type { BlockRequest, JobId, Provider, ProviderCall } from './provider.js'
export { type ResourceSpec, RESOURCE_KEYS } from './resource-spec.js'
export type { Backoff, FailedTry, RetryHandler, RetryVerdict } from './retry.js'
export type { DataFile, ExpectedOutput, Staging, StagingPlan, StagingSite } from './staging.js'
export { FINAL_STATES, TASK_STATES, type TaskState } from './task-state.js'
