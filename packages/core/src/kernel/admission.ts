import { TaskCancelled } from '@parsl/interfaces'
import type { Settings } from '../config/validate.js'
import type { FutureExtras } from '../future/app-future.js'
import type { EventOf } from './events.js'
import { gatherArguments, type Gathering } from './gather.js'
import { decideStreams } from './streams.js'
import type { TaskRecord } from './task.js'

type Refusal = NonNullable<EventOf<'submitted'>['refusal']>

/** What admitting calls needs. */
export interface Admitting extends Gathering {
  readonly settings: Settings
  readonly runDir: string
  /** Why nothing more is taken, once nothing is. */
  draining(): string | undefined
}

/** A call as the kernel goes on with it. */
export interface Admission {
  readonly extras: FutureExtras | undefined
  readonly refusal: Refusal | undefined
}

const cancelled = ({ id, app }: TaskRecord, why: string, cause?: unknown): Refusal => ({
  error: new TaskCancelled({ app: app.name, taskId: id }, why, { cause }),
  final: 'cancelled',
})

const refusalOf = (task: TaskRecord, { draining: drainingNow }: Admitting): Refusal | undefined => {
  const { app } = task
  const draining = drainingNow()
  if (draining !== undefined) return cancelled(task, draining)
  if (app.signal?.aborted) return cancelled(task, 'its signal was aborted before', app.signal.reason)
  return undefined
}

const extrasOf = (task: TaskRecord, { settings, runDir }: Admitting): FutureExtras | undefined => {
  const outputs = [...(task.more?.files?.outputs.values() ?? [])]
  decideStreams(task, { runDir, autopath: settings.stdAutopath })
  const streams = task.more?.streams
  if (outputs.length === 0 && !streams) return undefined
  return { outputs, stdout: streams?.stdout.place, stderr: streams?.stderr.place }
}

const PLAIN: Admission = { extras: undefined, refusal: undefined }

/** Looks at a call: what its arguments hold, where its streams go, and why it cannot be taken, if so. Never throws. */
export const admit = (task: TaskRecord, admitting: Admitting): Admission => {
  const refusal = refusalOf(task, admitting)
  try {
    gatherArguments(task, admitting)
    if (!refusal && task.leaves === 0 && !task.app.stdout && !task.app.stderr) return PLAIN
    return { extras: extrasOf(task, admitting), refusal }
  } catch (error) {
    return { extras: undefined, refusal: refusal ?? { error, final: 'failed' } }
  }
}
