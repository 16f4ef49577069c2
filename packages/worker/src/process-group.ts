const POLL_MS = 20

/** Signals every process of a group. `false` where none is left. */
export const signalGroup = (pgid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-pgid, signal)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Ends every process of a group: SIGTERM, and after the grace period SIGKILL. Resolves when none is left, or SIGKILL was sent. */
export const endGroup = (pgid: number, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    if (!signalGroup(pgid, 'SIGTERM')) return resolve()
    const deadline = performance.now() + graceMs
    const timer = setInterval(() => {
      const over = performance.now() >= deadline
      if (!over && signalGroup(pgid, 0)) return
      if (over) signalGroup(pgid, 'SIGKILL')
      clearInterval(timer)
      resolve()
    }, POLL_MS)
  })
