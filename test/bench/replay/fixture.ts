import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A workflow of ten tasks that was made up for these tests. */
export const recordingPath = join(import.meta.dirname, 'library-search.json')
export const recordingText = readFileSync(recordingPath, 'utf8')

interface Task {
  id: string
  parents: string[]
  children: string[]
}

/** What may be broken in a recording. */
export interface RecordingFile {
  schemaVersion?: unknown
  workflow: {
    specification: { tasks: Task[] }
    execution?: { tasks: { id: string; runtimeInSeconds?: unknown }[] }
  }
}

/** The recording after a change. */
export const changed = (change: (file: RecordingFile) => void): string => {
  const file = JSON.parse(recordingText) as RecordingFile
  change(file)
  return JSON.stringify(file)
}

export const taskOf = ({ workflow }: RecordingFile, id: string): Task => {
  const found = workflow.specification.tasks.find((task) => task.id === id)
  if (!found) throw new Error(`the recording has no task ${id}`)
  return found
}
