import type { TaskState } from '@parsl/interfaces'

const LENGTH = 512

interface Line {
  id: number
  state: TaskState
  event: string
}

/** The last transitions of all tasks, for the message of an error that must not happen. */
export interface Story {
  note(id: number, state: TaskState, event: string): void
  /** Of one task, oldest first. */
  of(id: number): readonly string[]
}

export const newStory = (): Story => {
  const lines: Line[] = []
  let next = 0
  return {
    note: (id, state, event) => {
      const line = lines[next]
      if (line) {
        line.id = id
        line.state = state
        line.event = event
      } else lines.push({ id, state, event })
      next = (next + 1) % LENGTH
    },
    of: (id) =>
      [...lines.slice(next), ...lines.slice(0, next)]
        .filter((line) => line.id === id)
        .map((line) => `${line.event} while ${line.state}`),
  }
}
