export { heapMbOf } from './heap.js'
export { callEach, failureOfCalls } from './call-each.js'
export { workerIntrinsics } from './intrinsics.js'
export { endGroup, signalGroup } from './process-group.js'
export type { BashResult } from './run-bash.js'
export type { Place } from './place.js'
export { type Holding, newHolding } from './pool/holding.js'
export { newPartsSent, type PartsSent } from './pool/parts-sent.js'
export { processes, type ProcessSetup } from './pool/process-link.js'
export { threads } from './pool/thread-link.js'
export type { LinkEvents, OpenWorker, WorkerEnd, WorkerLink, WorkerOptions, WorkerSetup } from './pool/link.js'
export {
  type Outcome,
  type PoolReport,
  type PoolSetup,
  type PoolWork,
  type WorkerFailure,
  WorkerPool,
} from './pool/pool.js'
export { writeWorkerProgram } from './pool/program.js'
export type { PoolLimits } from './pool/state.js'
export { newWaitingLine, type WaitingLine } from './pool/waiting.js'
export { newPump } from './pump.js'
export { patienceFor, RunningBody } from './running-body.js'
export type { WorkerSettings } from './settings.js'
export { isShellCommand, quote, sh, type ShellCommand } from './shell-command.js'
export { currentTask, isThenable, task, type TaskContext, taskContexts } from './task-context.js'
export { programFunctions } from './travel/functions.js'
export { share, type ShareOptions, valueOfShared } from './travel/share.js'
export { isShared } from './travel/shared-value.js'
export { transfer } from './travel/transfer.js'
export { mapStacks } from './travel/map-stacks.js'
export { newPacker, type Packed, type Parcel } from './travel/parcel.js'
