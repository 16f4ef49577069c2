import { newWaitingLine } from '@parsl/worker'
import type { AppFuture } from '../future/app-future.js'
import { areAtHand, type Source, zip, zipAsync } from './sources.js'

type Row = readonly unknown[]

/** What a feed does with the items of its sources. */
export interface FeedParts {
  readonly sources: readonly Source[]
  /** Rows that make one task. */
  readonly chunksize: number
  /** Tasks that may wait to be taken. */
  readonly buffersize: number
  readonly submit: (rows: readonly Row[]) => AppFuture<unknown>
  /** Called when there is more to take, or no more to come. */
  readonly changed: () => void
}

/** How the sources ended: well, or with an error. */
type End = { readonly error?: unknown }

/**
 * Tasks made of the items of some sources, in order. Items are read where there is room for their tasks: where none of the sources makes us wait, within the
 * constructor and `take`.
 */
export class Feed {
  readonly #parts: FeedParts
  readonly #line = newWaitingLine<AppFuture<unknown>>(() => undefined)
  /** Rows that do not make a task yet. */
  #rows: Row[] = []
  #end: End | undefined
  /** Called when a task was taken, or nothing more is wanted. */
  readonly #goOn: () => void
  #close = (): void => {}
  #hasRoom = (): void => {}

  constructor(parts: FeedParts) {
    this.#parts = parts
    const { sources } = parts
    if (areAtHand(sources)) {
      const rows = zip(sources)
      this.#goOn = () => this.#read(rows)
      this.#close = () => void rows.return()
      this.#read(rows)
    } else {
      this.#goOn = () => this.#hasRoom()
      this.#readInTime(sources).then(
        () => this.#ended({}),
        (error: unknown) => this.#ended({ error }),
      )
    }
  }

  /** Set when nothing more comes. */
  get end(): End | undefined {
    return this.#end
  }

  /** The first task that was not taken. */
  peek(): AppFuture<unknown> | undefined {
    return this.#line.peek()
  }

  /** Takes it, which makes room for another. There must be one. */
  take(): AppFuture<unknown> {
    const taken = this.#line.next() as AppFuture<unknown>
    this.#goOn()
    return taken
  }

  /** Closes the sources; gives the tasks that were not taken. */
  leave(): AppFuture<unknown>[] {
    this.#end ??= {}
    this.#goOn()
    this.#close()
    return Array.from({ length: this.#line.size }, () => this.#line.next() as AppFuture<unknown>)
  }

  #isFull(): boolean {
    return this.#line.size >= this.#parts.buffersize
  }

  #add(row: Row): void {
    this.#rows.push(row)
    if (this.#rows.length >= this.#parts.chunksize) this.#flush()
  }

  #flush(): void {
    const rows = this.#rows
    this.#rows = []
    if (rows.length > 0) this.#line.push(this.#parts.submit(rows))
  }

  #ended(end: End): void {
    this.#end ??= end
    this.#parts.changed()
  }

  #read(rows: Iterator<Row, void, undefined>): void {
    try {
      while (!this.#end && !this.#isFull()) {
        const { done, value } = rows.next()
        if (done !== true) this.#add(value)
        else {
          this.#flush()
          this.#ended({})
        }
      }
    } catch (error) {
      // What was read before is still called.
      this.#flush()
      this.#close()
      this.#ended({ error })
    }
  }

  async #readInTime(sources: readonly Source[]): Promise<void> {
    try {
      for await (const row of zipAsync(sources)) {
        if (this.#end) return
        this.#add(row)
        this.#parts.changed()
        while (!this.#end && this.#isFull()) await new Promise<void>((resolve) => (this.#hasRoom = resolve))
      }
    } finally {
      if (!this.#end) this.#flush()
    }
  }
}
