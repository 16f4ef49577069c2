import { setTimeout as pause } from 'node:timers/promises'
import { processesWhere, processesWith, type SeenProcess } from '@parsl/testing'

/** Processes that carry the mark of a run. */
export const markedBy = (runId: string): readonly SeenProcess[] => processesWith(`PARSL_RUN=${runId}`)

/** The guardian of a run: named by its title, and before that by the last of its arguments. */
export const guardiansOf = (runId: string): readonly SeenProcess[] =>
  processesWhere(
    ({ command }) =>
      command.startsWith(`parsl: guardian of ${runId}`) || (command.includes('guardian') && command.endsWith(runId)),
  )

/** A look at every process costs some milliseconds, and there may be several programs at once. */
const POLL_MS = 50

/** Waits until `left` finds nothing. The guard is far longer than that should take; past it, what is left is named. */
export const nothingLeft = async (
  what: string,
  left: () => readonly SeenProcess[],
  guardMs = 20_000,
): Promise<void> => {
  const deadline = performance.now() + guardMs
  for (let found = left(); found.length > 0; found = left()) {
    if (performance.now() > deadline) {
      const list = found.map(({ pid, command }) => `  ${pid}: ${command.slice(0, 200)}`).join('\n')
      throw new Error(`${what} left processes behind:\n${list}`)
    }
    await pause(POLL_MS)
  }
}
