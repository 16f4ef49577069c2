export { type DataFile, file, isDataFile, localStaging, output, type Output, type Shared } from '@parsl/data'
export * from './errors.js'
export {
  type BashResult,
  share,
  type ShareOptions,
  sh,
  type ShellCommand,
  task,
  type TaskContext,
  transfer,
} from '@parsl/worker'
export { asCompleted, type Completed } from './app/as-completed.js'
export { bashApp, type BashApp } from './app/bash-app.js'
export { joinApp, type JoinApp } from './app/join-app.js'
export { jsApp, type JsApp } from './app/js-app.js'
export type { AppOptions } from './app/options.js'
export type { App, Joined, Lift, LiftAll, MapOptions, OutputsOf, ResultOf } from './app/types.js'
export type { Config, ExitMode, LogOption, UsageTracking } from './config/config.js'
export { configFromFile } from './config/from-file.js'
export { inProcessExecutor, type InProcessOptions } from './executor/in-process.js'
export type { AppFuture, StreamPlace } from './future/app-future.js'
export type { DataFuture } from './future/data-future.js'
export type { Settlement } from './future/lazy-promise.js'
export { type DataFlowKernel, dataFlowKernel } from './kernel/kernel.js'
export { clear, dfk, load, type Load, waitForCurrentTasks } from './kernel/load.js'
export { evidenceOf, type TaskEvidence } from './kernel/outcome.js'
export { basicMemoizer, type BasicMemoizerOptions } from './memo/basic-memoizer.js'
export { explain } from './memo/explain.js'
export type { FileRule } from './memo/file-state.js'
export type { CheckpointMode } from './memo/recording.js'
export type { StdAutopath, StreamOwner } from './kernel/streams.js'
export type { StreamOption } from './kernel/task.js'
export type { CloseOptions, RunSummary, TaskView } from './kernel/views.js'
export { getAllCheckpoints, getLastCheckpoint } from './memo/store/places.js'
export { type PrunedFile, type PruneOptions, type PruneReport, pruneCheckpoints } from './memo/store/prune.js'
export { type CheckpointReader, openCheckpoints } from './memo/store/open.js'
export type { KeptOutput, KeyPart, MemoEntry } from './memo/store/entries.js'
export type { Scanned, ScanFilter } from './memo/store/scan.js'
