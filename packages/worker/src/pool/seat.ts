import type { Guardian } from '@parsl/interfaces'
import type { FromWorker } from '../messages.js'
import { signalGroup } from '../process-group.js'
import type { Parcel } from '../travel/parcel.js'
import type { ToSend, WorkerLink } from './link.js'
import { newPartsSent } from './parts-sent.js'

type Note = Extract<FromWorker, { type: 'group' | 'groupEnded' | 'path' | 'pathGone' }>

const release = <Key>(held: Map<Key, () => void>, key: Key): void => {
  held.get(key)?.()
  held.delete(key)
}

/** One worker of a pool, from its start until it is gone or given up: what lies with it, and what it holds outside. */
export class Seat<W extends { readonly parcel: Parcel }> {
  readonly link: WorkerLink
  /** By the id that they were sent under. */
  readonly works = new Map<number, W>()
  readonly #guardian: Guardian
  readonly #sent = newPartsSent()
  readonly #outbox: ToSend[] = []
  readonly #groups = new Map<number, () => void>()
  readonly #paths = new Map<string, () => void>()
  /** The exit code with which a body ended it. */
  exited: number | undefined
  callOff: (() => void) | undefined

  constructor(link: WorkerLink, guardian: Guardian) {
    this.link = link
    this.#guardian = guardian
  }

  post(message: ToSend): void {
    this.#outbox.push(message)
  }

  /** Sends a try. One that begins at once is never taken back, so its large buffers may go along. */
  run(id: number, work: W, beginsAtOnce: boolean): void {
    this.works.set(id, work)
    const { laden, ...parcel } = work.parcel
    const parts = this.#sent.add(parcel.parts)
    this.#outbox.push({ type: 'run', id, ...parcel, parts: beginsAtOnce && laden ? [...parts, laden] : parts })
  }

  /** Sends what it has forgotten of what its tries need. */
  answer(wanted: readonly string[]): void {
    const known = new Map(
      [...this.works.values()].flatMap(({ parcel: { parts, laden } }) => (laden ? [...parts, laden] : parts)),
    )
    const parts = wanted.flatMap((id) => {
      const content = known.get(id)
      return content === undefined ? [] : [[id, content] as const]
    })
    this.post({ type: 'parts', parts })
  }

  /** Has it forget a shared value, if it has it. */
  forget(share: string): void {
    if (this.#sent.forget(share)) this.post({ type: 'forget', shares: [share] })
  }

  flush(): void {
    if (this.#outbox.length > 0) this.link.send(this.#outbox.splice(0))
  }

  /** Keeps the guardian's books of what its bodies start and make. */
  note(message: Note): void {
    if ('pgid' in message) {
      const { pgid } = message
      release(this.#groups, pgid)
      if (message.type === 'group') this.#groups.set(pgid, this.#guardian.processGroup(pgid))
    } else {
      const { path } = message
      release(this.#paths, path)
      if (message.type === 'path') this.#paths.set(path, this.#guardian.path(path))
    }
  }

  /** Ends what its bodies left behind. Folders are left to the guardian. */
  clear(): void {
    this.callOff?.()
    for (const [pgid, letGo] of this.#groups) {
      signalGroup(pgid, 'SIGKILL')
      letGo()
    }
    this.#groups.clear()
  }
}
