import { tell } from './tell.js'

/** A kernel, as the end of the process sees it. */
export interface Closable {
  readonly handlesSignals: boolean
  /** The event loop has nothing left to do: closes if no task is left, else fails those that can never end. */
  loopIsDry(): void
  /** Starts nothing more, lets running bodies end, then closes. */
  drain(): Promise<void>
  /** Stops everything, then closes. */
  end(): Promise<void>
}

/** One for all copies of this package in a process. */
interface ProcessLife {
  readonly kernels: Set<Closable>
  /** A signal came, and kernels are closing for it. */
  ending: boolean
}

const KEY = Symbol.for('@parsl/process-life')
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const processLife = (): ProcessLife =>
  ((globalThis as { [KEY]?: ProcessLife })[KEY] ??= { kernels: new Set(), ending: false })

/** Dies of the signal as if it had never been handled, unless the program handles it too. */
const dieOf = (signal: NodeJS.Signals): void => {
  for (const one of SIGNALS) process.off(one, onSignal)
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

function onSignal(signal: NodeJS.Signals): void {
  const life = processLife()
  const handling = [...life.kernels].filter(({ handlesSignals }) => handlesSignals)
  if (life.ending) return dieOf(signal)
  life.ending = true
  if (signal === 'SIGINT')
    tell('parsl: interrupted; running tasks may end, nothing more is started (interrupt again to kill them)\n')
  void Promise.allSettled(handling.map((kernel) => (signal === 'SIGINT' ? kernel.drain() : kernel.end()))).then(() => {
    life.ending = false
    dieOf(signal)
  })
}

const onBeforeExit = (): void => {
  for (const kernel of processLife().kernels) kernel.loopIsDry()
}

/** Has the end of the process concern this kernel. Returns how to undo that. */
export const joinProcess = (kernel: Closable): (() => void) => {
  const open = processLife().kernels
  if (open.size === 0) process.on('beforeExit', onBeforeExit)
  if (kernel.handlesSignals && ![...open].some(({ handlesSignals }) => handlesSignals))
    for (const signal of SIGNALS) process.on(signal, onSignal)
  open.add(kernel)
  return () => {
    open.delete(kernel)
    if (open.size === 0) process.off('beforeExit', onBeforeExit)
    if (![...open].some(({ handlesSignals }) => handlesSignals))
      for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}
