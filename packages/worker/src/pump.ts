/** How long bodies may follow each other before timers and sockets get their turn. */
const SLICE_MS = 8
const LOOK_EVERY = 64

/**
 * Runs `startSome` until it answers `false`: after the present turn, or, where turns follow each other without pause, after a round of the event loop.
 * Returns how to ask for it; asking twice is asking once, but for what asks within `startSome`.
 */
export const newPump = (startSome: () => boolean): (() => void) => {
  let scheduled = false
  let askedMeanwhile = false
  let sliceStart = 0
  const isSliceOver = (): boolean => performance.now() - sliceStart > SLICE_MS
  const isMoreToStart = (): boolean => {
    askedMeanwhile = false
    return startSome() || askedMeanwhile
  }
  const run = (): void => {
    for (let count = 1; isMoreToStart(); count++) {
      if (count % LOOK_EVERY === 0 && isSliceOver()) return void setImmediate(runFresh)
    }
    scheduled = false
  }
  const runFresh = (): void => {
    sliceStart = performance.now()
    run()
  }
  return () => {
    askedMeanwhile = true
    if (scheduled) return
    scheduled = true
    if (isSliceOver()) setImmediate(runFresh)
    // `queueMicrotask` makes a resource for whoever traces asynchronous calls, which costs as much as many a task.
    else void Promise.resolve().then(run)
  }
}
