import { type Backoff, ConfigurationError, durationMs, parseDuration, type RetryHandler } from '@parsl/interfaces'
import type { TaskRecord } from '../kernel/task.js'

/** How failures of bodies are judged. */
export interface RetryPolicy {
  readonly handler: RetryHandler | undefined
  readonly backoff: Backoff | undefined
  /** Between 0 and 1. */
  random(): number
}

const backoffMs = (backoff: Backoff, attempt: number, random: () => number): number => {
  const { initial, factor = 2, max = '60s', jitter = true } = backoff
  const whole = Math.min(parseDuration(initial) * factor ** attempt, parseDuration(max))
  return jitter ? whole * (0.5 + random() / 2) : whole
}

const checkedVerdict = (verdict: unknown): { readonly cost: number; readonly delayMs: number | undefined } => {
  const { cost, delay } =
    typeof verdict === 'object' && verdict !== null
      ? (verdict as { cost?: unknown; delay?: unknown })
      : { cost: verdict, delay: undefined }
  const delayMs = delay === undefined ? undefined : durationMs(delay)
  if (typeof cost === 'number' && cost >= 0 && (delay === undefined || delayMs !== undefined)) return { cost, delayMs }
  throw new ConfigurationError([
    `retryHandler must return a cost of 0 or more, or { cost, delay }, not ${JSON.stringify(verdict)}`,
  ])
}

/** What one failure costs, and how long the next try waits. Throws what the handler throws. */
export const judge = (
  policy: RetryPolicy,
  error: unknown,
  task: TaskRecord,
): { readonly cost: number; readonly delayMs: number } => {
  const waited = policy.backoff ? backoffMs(policy.backoff, task.attempt, policy.random) : 0
  if (!policy.handler) return { cost: 1, delayMs: waited }
  const failed = { taskId: task.id, app: task.app.name, attempt: task.attempt, spent: task.more?.spent ?? 0 }
  const { cost, delayMs = waited } = checkedVerdict(policy.handler(error, failed))
  return { cost, delayMs }
}
