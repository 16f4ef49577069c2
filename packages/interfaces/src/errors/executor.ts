import { intrinsics } from '../marks.js'
import { ParslError } from './parsl-error.js'

/** What every error of an executor says. */
export interface ExecutorDetails {
  readonly executor: string
}

/** An executor failed for a reason no other class names. */
export class ExecutorError extends ParslError<ExecutorDetails> {
  override readonly name = 'ExecutorError'
  readonly code = 'PARSL_EXECUTOR'

  constructor(executor: string, reason: string, options?: ErrorOptions) {
    super(`executor ${executor} failed: ${reason}`, { executor }, options)
  }
}

/** No executor has this label. */
export class UnknownExecutor extends ParslError<{ readonly label: string; readonly known: readonly string[] }> {
  override readonly name = 'UnknownExecutor'
  readonly code = 'PARSL_EXECUTOR_UNKNOWN'

  constructor(label: string, known: readonly string[], hint: string) {
    super(
      `no executor is labelled ${JSON.stringify(label)}${hint}; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`,
      { label, known },
    )
  }
}

/** The executor is broken for good; `cause` is the evidence. */
export class BadStateException extends ParslError<ExecutorDetails> {
  override readonly name = 'BadStateException'
  readonly code = 'PARSL_EXECUTOR_BAD_STATE'

  constructor(executor: string, options: ErrorOptions) {
    super(`executor ${executor} cannot go on: ${(options.cause as Error).message}`, { executor }, options)
  }
}

/** The executor cannot give what the task asks for. */
export class InvalidResourceSpecification extends ParslError<ExecutorDetails & { readonly keys: readonly string[] }> {
  override readonly name = 'InvalidResourceSpecification'
  readonly code = 'PARSL_EXECUTOR_RESOURCES'

  constructor(executor: string, keys: readonly string[], message: string) {
    super(`executor ${executor} cannot take resources ${keys.join(', ')}: ${message}`, { executor, keys })
  }
}

/** The executor lacks a feature that was asked of it. */
export class UnsupportedFeatureError extends ParslError<ExecutorDetails & { readonly feature: string }> {
  override readonly name = 'UnsupportedFeatureError'
  readonly code = 'PARSL_EXECUTOR_UNSUPPORTED'

  constructor(executor: string, feature: string, instead: string) {
    super(`executor ${executor} has no ${feature}: ${instead}`, { executor, feature })
  }
}

/** Blocks could not be added or removed. */
export class ScalingFailed extends ParslError<ExecutorDetails> {
  override readonly name = 'ScalingFailed'
  readonly code = 'PARSL_EXECUTOR_SCALING'

  constructor(executor: string, reason: string, options?: ErrorOptions) {
    super(`executor ${executor} could not scale: ${reason}`, { executor }, options)
  }
}

/** So many blocks failed that the executor is given up; the message holds what each left behind. */
export class TooManyJobFailuresError extends ParslError<ExecutorDetails & { readonly blocks: readonly string[] }> {
  override readonly name = 'TooManyJobFailuresError'
  readonly code = 'PARSL_EXECUTOR_JOB_FAILURES'

  constructor(executor: string, blocks: readonly string[], evidence: string) {
    super(`executor ${executor} lost ${blocks.length === 1 ? 'a block' : `${blocks.length} blocks`}:\n${evidence}`, {
      executor,
      blocks,
    })
  }
}

/** The facts of a {@link WorkerLost}. */
export interface WorkerLostDetails extends ExecutorDetails {
  readonly worker: string
  readonly exitCode: number | null
  readonly signal: string | null
}

/** A worker ended while a body ran in it, for a reason that is not known to be the body's. */
export class WorkerLost extends ParslError<WorkerLostDetails> {
  override readonly name = 'WorkerLost'
  readonly code = 'PARSL_EXECUTOR_WORKER_LOST'

  /** @param evidence what the worker left behind: an error with its stack, or nothing */
  constructor(details: WorkerLostDetails, evidence: string) {
    const { executor, worker, exitCode, signal } = details
    const how = signal === null ? `with exit code ${exitCode}` : `by ${signal}`
    super(`executor ${executor} lost ${worker}, which ended ${how}${evidence === '' ? '' : `:\n${evidence}`}`, details)
  }
}

intrinsics('@parsl/interfaces', {
  ExecutorError,
  UnknownExecutor,
  BadStateException,
  InvalidResourceSpecification,
  UnsupportedFeatureError,
  ScalingFailed,
  TooManyJobFailuresError,
  WorkerLost,
})
