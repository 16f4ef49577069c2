// Executors that each break one rule, run through the contract kit: what it says of them is what the test looks at.
import { spawn } from 'node:child_process'
import { inProcessExecutor } from '@parsl/core'
import type { Executor, ExecutorContext, RunningExecutor, TaskTry } from '@parsl/interfaces'
import { describe } from 'vitest'
import { executorConformance } from '../../src/executor/index.js'

type Wrap = (running: RunningExecutor, context: ExecutorContext) => Partial<RunningExecutor>
type Twist = (context: ExecutorContext) => Partial<ExecutorContext['report']>

/** The in-process executor with a fault: in what it does, or in what it reports. */
const faulty = (wrap: Wrap, twist: Twist = () => ({})): Executor => {
  const inner = inProcessExecutor({ concurrency: 2 })
  return {
    ...inner,
    start: async (context) => {
      const running = await inner.start({ ...context, report: { ...context.report, ...twist(context) } })
      return {
        submit: (attempt) => running.submit(attempt),
        stop: (attempt, reason) => running.stop(attempt, reason),
        load: () => running.load(),
        close: () => running.close(),
        ...wrap(running, context),
      }
    },
  }
}

const nothing: Wrap = () => ({})
const copyOf = (attempt: TaskTry): TaskTry => ({ ...attempt })

const bad: Record<string, Executor> = {
  'reports twice': faulty(nothing, ({ report }) => ({
    succeeded: (attempt, value) => {
      report.succeeded(attempt, value)
      report.succeeded(attempt, value)
    },
  })),
  'reports a copy': faulty(nothing, ({ report }) => ({
    succeeded: (attempt, value) => {
      report.succeeded(copyOf(attempt), value)
      report.succeeded(attempt, value)
    },
  })),
  'never says that it started': faulty(nothing, () => ({ started: () => {} })),
  'starts within submit': faulty((running, { report }) => ({
    submit: (attempt) => {
      if (attempt.spec.kind === 'bash' || attempt.spec.body.length !== 1) return running.submit(attempt)
      report.started(attempt, 'at once')
      try {
        const value: unknown = (attempt.spec.body as (...args: unknown[]) => unknown)(...attempt.args)
        Promise.resolve(value).then(
          (result) => report.succeeded(attempt, result),
          (error: unknown) => report.failed(attempt, error, 'body'),
        )
      } catch (error) {
        report.failed(attempt, error, 'body')
      }
    },
  })),
  'leaves a process': faulty((running, { guardian }) => ({
    close: async () => {
      spawn('sleep', ['1000'], { detached: true, stdio: 'ignore', env: { ...process.env, ...guardian.mark() } }).unref()
      await running.close()
    },
  })),
  'counts nothing': faulty(() => ({ load: () => ({ outstanding: 0, slots: 0 }) })),
  'runs after close': faulty(() => ({ close: async () => {} })),
  'claims priorities': faulty((running) => ({
    // The object itself is the handle, so its part is put in place.
    submit: (attempt) => running.submit(Object.assign(attempt, { spec: { ...attempt.spec, priority: undefined } })),
  })),
}

describe.each(Object.entries(bad))('%s', (_, executor) => {
  executorConformance({ create: () => executor, guardMs: 1_000 })
})
