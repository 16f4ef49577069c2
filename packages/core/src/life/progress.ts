import type { TaskState } from '@parsl/interfaces'
import { createLogUpdate } from 'log-update'

const PERIOD_MS = 200
const WIDTH = 24

/** What a progress line shows. */
export interface ProgressView {
  readonly counts: Readonly<Record<TaskState, number>>
  readonly elapsedMs: number
}

/** `[########----------------] 8/24 done, 2 running, 1 failed, 3 s`; empty before the first task. */
const progressLine = ({ counts, elapsedMs }: ProgressView): string => {
  const done = counts.execDone + counts.memoDone
  const failed = counts.failed + counts.depFail + counts.cancelled
  const running = counts.running + counts.joining
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (all === 0) return ''
  const filled = Math.floor(((done + failed) / all) * WIDTH)
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}]`
  const parts = [
    `${done}/${all} done`,
    ...(running > 0 ? [`${running} running`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${Math.round(elapsedMs / 1_000)} s`,
  ]
  return `${bar} ${parts.join(', ')}`
}

/** Redraws a line on standard error while the kernel runs. Returns how to stop; the last line stays. */
export const showProgress = (view: () => ProgressView): (() => void) => {
  const update = createLogUpdate(process.stderr)
  const draw = (): void => update(progressLine(view()))
  const timer = setInterval(draw, PERIOD_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
    draw()
    update.done()
  }
}
