import type { DataFile } from '@parsl/interfaces'
import type { AppFuture } from './app-future.js'
import { LazyPromise } from './lazy-promise.js'

/** A file that a task will make: a promise of the `DataFile` (or the list of them), kept once the file is there and staged. Passing it to an app makes that one wait and stages the file in. */
export class DataFuture<T = DataFile> extends LazyPromise<T> {
  readonly #parent: AppFuture<unknown, readonly unknown[]>
  readonly #app: string
  /** The file as it was promised. Not there before this future is. */
  readonly file: DataFile

  /** @internal */
  constructor(parent: AppFuture<unknown, readonly unknown[]>, app: string, file: DataFile) {
    super()
    this.#parent = parent
    this.#app = app
    this.file = file
  }

  get [Symbol.toStringTag](): string {
    return 'DataFuture'
  }

  /** The future of the task that makes the file. */
  get parent(): AppFuture<unknown, readonly unknown[]> {
    return this.#parent
  }

  /** Of the task that makes the file. */
  get taskId(): number {
    return this.#parent.taskId
  }

  /** The address, as promised. */
  get url(): string {
    return this.file.url
  }

  /** The last part of the path. */
  get filename(): string {
    return this.file.filename
  }

  /** @internal `out.txt of task 7 (align)` */
  get description(): string {
    return `${this.file.filename} of task ${this.taskId} (${this.#app})`
  }

  protected override observed(): void {
    this.#parent.outputObserved(this)
  }
}
