import { newPump } from '@parsl/worker'
import type { FromProgram, TaskClass, WirePart, WireTask } from '../wire/messages.js'

/** A message is ended when it has so many tasks, or bytes: whoever reads it can begin. */
const MOST_TASKS = 2_048
const MOST_BYTES = 4 * 1024 * 1024

/** What is sent with one try. */
interface Load {
  readonly taskClass: TaskClass | undefined
  readonly parts: readonly WirePart[]
  readonly task: WireTask
}

interface Batch {
  readonly classes: TaskClass[]
  readonly parts: WirePart[]
  readonly tasks: WireTask[]
  bytes: number
}

/** Large parts go one by one. */
const partMessages = (parts: readonly WirePart[]): FromProgram[] => {
  const messages: WirePart[][] = []
  let bytes = Infinity
  for (const part of parts) {
    if (bytes + part.content.byteLength > MOST_BYTES) {
      messages.push([])
      bytes = 0
    }
    messages.at(-1)?.push(part)
    bytes += part.content.byteLength
  }
  return messages.map((some) => ({ type: 'parts', parts: some }))
}

const messagesOf = ({ classes, parts, tasks }: Batch): FromProgram[] => [
  ...(classes.length > 0 ? [{ type: 'classes', classes } as const] : []),
  ...partMessages(parts),
  ...(tasks.length > 0 ? [{ type: 'tasks', tasks } as const] : []),
]

const isFull = ({ tasks, bytes }: Batch): boolean => tasks.length >= MOST_TASKS || bytes >= MOST_BYTES

/** What one turn of the program has to say, in order, in as few messages as it takes. */
export class Outbox {
  readonly #send: (messages: readonly FromProgram[]) => void
  readonly #pump = newPump(() => this.#sendSome())
  readonly #takenBack = new Set<number>()
  #open: Batch | undefined
  #waiting: FromProgram[][] = []
  #head = 0
  /** Numbers of tasks rise: those above this one are still here. */
  #lastSent = 0

  /** @param send is given what is to be written at once; it may be asked for more than once a turn */
  constructor(send: (messages: readonly FromProgram[]) => void) {
    this.#send = send
  }

  task({ taskClass, parts, task }: Load): void {
    const batch = (this.#open ??= { classes: [], parts: [], tasks: [], bytes: 0 })
    if (taskClass) batch.classes.push(taskClass)
    for (const part of parts) {
      batch.parts.push(part)
      batch.bytes += part.content.byteLength
    }
    batch.tasks.push(task)
    batch.bytes += task.payload.byteLength
    if (isFull(batch)) this.#endBatch()
    this.#pump()
  }

  say(message: FromProgram): void {
    this.#endBatch()
    const last = this.#head < this.#waiting.length ? this.#waiting.at(-1) : undefined
    // Many stops of one turn are written at once.
    if (last) last.push(message)
    else this.#waiting.push([message])
    this.#pump()
  }

  /** Whether a task was not sent yet; now it will not be. */
  takeBack(id: number): boolean {
    if (id <= this.#lastSent) return false
    this.#takenBack.add(id)
    return true
  }

  #endBatch(): void {
    if (this.#open) this.#waiting.push(messagesOf(this.#open))
    this.#open = undefined
  }

  #sendSome(): boolean {
    if (this.#head === this.#waiting.length) this.#endBatch()
    const next = this.#waiting[this.#head++]
    if (next) this.#send(next.flatMap((message) => this.#left(message)))
    if (this.#head < this.#waiting.length || this.#open) return true
    this.#waiting = []
    this.#head = 0
    return false
  }

  /** Without the tasks that were taken back. */
  #left(message: FromProgram): readonly FromProgram[] {
    if (message.type !== 'tasks') return [message]
    this.#lastSent = message.tasks.at(-1)?.id ?? this.#lastSent
    if (this.#takenBack.size === 0) return [message]
    const tasks = message.tasks.filter(({ id }) => !this.#takenBack.delete(id))
    return tasks.length === 0 ? [] : [{ type: 'tasks', tasks }]
  }
}
