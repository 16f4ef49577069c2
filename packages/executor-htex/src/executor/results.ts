import {
  AppExited,
  AppOutOfMemory,
  ExecutorError,
  type ExecutorReport,
  type FailureKind,
  InterchangeLost,
  ManagerLost,
  WorkerLost,
} from '@parsl/interfaces'
import { decodeError, decodeValue, type Functions } from '@parsl/serialize'
import { mapStacks } from '@parsl/worker'
import type { WireLoss, WireResult } from '../wire/messages.js'
import { unpackValue } from '../wire/payload.js'
import type { Sent, Tries } from './tries.js'

interface Failure {
  readonly error: unknown
  readonly kind: FailureKind
}

/** Why a try failed that nobody answered: the body's doing where that is known, else the infrastructure's. */
const failureOf = (executor: string, loss: WireLoss, { attempt, heapMb }: Sent): Failure => {
  const { cause, host, block, who, exitCode, signal, evidence } = loss
  const { app } = attempt.spec
  const worker = `${who} on ${host}`
  if (cause === 'manager')
    return { error: new ManagerLost({ executor, manager: who, host, block }, evidence), kind: 'lost' }
  if (cause === 'interchange')
    return { error: new InterchangeLost({ executor, exitCode, signal }, evidence), kind: 'lost' }
  if (cause === 'exit') return { error: new AppExited(app, exitCode ?? 0), kind: 'body' }
  const lost = new WorkerLost({ executor, worker, exitCode, signal }, evidence)
  if (cause === 'memory') return { error: new AppOutOfMemory({ app, worker, heapMb }, { cause: lost }), kind: 'body' }
  return { error: lost, kind: 'lost' }
}

/** What results are read with, and whom they are told. */
export interface ResultsSetup {
  readonly executor: string
  readonly functions: Functions
  readonly tries: Tries
  readonly report: ExecutorReport
}

/** Reports the ends of tries, each once: what is told of a try that has ended is dropped. */
export interface Results {
  ended(result: WireResult): void
  lost(loss: WireLoss): void
  /** It was stopped before it began. */
  stopped(id: number): void
  /** Every try that has not ended fails. */
  allFail(error: Error, kind: FailureKind): void
}

export const newResults = ({ executor, functions, tries, report }: ResultsSetup): Results => {
  /** A try that was to stop and did not end well has stopped, whatever came in between. */
  const fail = ({ attempt, stop }: Sent, { error, kind }: Failure): void => {
    if (stop) report.failed(attempt, stop.reason, 'stopped')
    else report.failed(attempt, error, kind)
  }
  const succeed = async ({ attempt }: Sent, payload: Uint8Array): Promise<void> => {
    try {
      const { value: bytes, beside } = unpackValue(payload)
      const options = { functions: functions.decoding(), beside }
      const value = await functions.whenReady(() => decodeValue(bytes, options))
      report.succeeded(attempt, value)
    } catch (error) {
      report.failed(attempt, error, 'body')
    }
  }
  const failWith = async (sent: Sent, { payload, kind = 'body' }: WireResult): Promise<void> => {
    const { error } = await decodeError(payload, functions)
    mapStacks(error, functions)
    fail(sent, { error, kind })
  }
  return {
    ended: (result) => {
      const sent = tries.take(result.id)
      if (!sent) return
      void (result.ok ? succeed(sent, result.payload) : failWith(sent, result))
    },
    lost: (loss) => {
      const sent = tries.take(loss.id)
      if (sent) fail(sent, failureOf(executor, loss, sent))
    },
    stopped: (id) => {
      const sent = tries.take(id)
      if (!sent) return
      fail(sent, { error: new ExecutorError(executor, 'a task was stopped and nobody asked for it'), kind: 'lost' })
    },
    allFail: (error, kind) => {
      for (const { id } of tries.all()) fail(tries.take(id) as Sent, { error, kind })
    },
  }
}
