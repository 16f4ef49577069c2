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

const kernels = (): Set<Closable> => ((globalThis as { [KEY]?: Set<Closable> })[KEY] ??= new Set())
const KEY = Symbol.for('@parsl/open-kernels')
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

let draining = false

/** Dies of the signal as if it had never been handled, unless the program handles it too. */
const dieOf = (signal: NodeJS.Signals): void => {
  for (const one of SIGNALS) process.off(one, onSignal)
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

function onSignal(signal: NodeJS.Signals): void {
  const handling = [...kernels()].filter(({ handlesSignals }) => handlesSignals)
  if (draining) return dieOf(signal)
  draining = true
  if (signal === 'SIGINT')
    process.stderr.write(
      'parsl: interrupted; running tasks may end, nothing more is started (interrupt again to kill them)\n',
    )
  void Promise.allSettled(handling.map((kernel) => (signal === 'SIGINT' ? kernel.drain() : kernel.end()))).then(() => {
    draining = false
    dieOf(signal)
  })
}

const onBeforeExit = (): void => {
  for (const kernel of kernels()) kernel.loopIsDry()
}

/** Has the end of the process concern this kernel. Returns how to undo that. */
export const joinProcess = (kernel: Closable): (() => void) => {
  const open = kernels()
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
