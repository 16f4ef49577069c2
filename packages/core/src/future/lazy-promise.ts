import { stays } from '@parsl/interfaces'

const FUTURE = Symbol.for('parsl.future')

/** How a future ended. */
export type Settlement<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

const PENDING = 0
const FULFILLED = 1
const REJECTED = 2

/**
 * A promise whose native one is made on first use: a settled future that nobody awaited costs a few words, and its failure is no unhandled rejection.
 * Not a subclass of `Promise`: its methods return native promises.
 */
export abstract class LazyPromise<T> implements Promise<T> {
  #status: typeof PENDING | typeof FULFILLED | typeof REJECTED = PENDING
  /** While pending, the watchers; then the value or the error. */
  #value: unknown
  #native: Promise<T> | undefined
  #resolve: ((value: unknown) => void) | undefined
  #reject: ((error: unknown) => void) | undefined
  #isObserved = false

  abstract get [Symbol.toStringTag](): string
  /** Someone looks at the outcome, for the first time. */
  protected abstract observed(): void

  // oxlint-disable-next-line unicorn/no-thenable -- a future is a promise
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.look()
    this.#native ??= this.#makeNative()
    return this.#native.then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then(undefined).finally(onFinally)
  }

  /** How this ended, once it has; never rejects. */
  settled(): Promise<Settlement<T>> {
    return this.then(
      (value): Settlement<T> => ({ ok: true, value }),
      (error: unknown): Settlement<T> => ({ ok: false, error }),
    )
  }

  /** @internal Someone looks at the outcome: its failure needs no report. */
  look(): void {
    if (this.#isObserved) return
    this.#isObserved = true
    this.observed()
  }

  /** @internal */
  get isObserved(): boolean {
    return this.#isObserved
  }

  /** @internal Whether it has ended. */
  get isSettled(): boolean {
    return this.#status !== PENDING
  }

  /** @internal Whether it has ended well. */
  get isFulfilled(): boolean {
    return this.#status === FULFILLED
  }

  /** @internal The failure, where it ended with one. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#status === REJECTED ? { error: this.#value } : undefined
  }

  /** @internal The value; only after it ended well. */
  get currentValue(): T {
    return this.#value as T
  }

  /** @internal Calls `watcher` when it ends; it must be pending. */
  watch(watcher: () => void): void {
    const watchers = this.#value as (() => void)[] | undefined
    if (watchers) watchers.push(watcher)
    else this.#value = [watcher]
  }

  /** @internal */
  fulfil(value: T): void {
    this.#settle(FULFILLED, value)
  }

  /** @internal */
  fail(error: unknown): void {
    this.#settle(REJECTED, error)
  }

  #settle(status: typeof FULFILLED | typeof REJECTED, value: unknown): void {
    if (this.#status !== PENDING) return
    const watchers = this.#value as (() => void)[] | undefined
    this.#status = status
    this.#value = value
    if (status === FULFILLED) this.#resolve?.(value)
    else this.#reject?.(value)
    this.#resolve = undefined
    this.#reject = undefined
    if (watchers) for (const watcher of watchers) watcher()
  }

  #makeNative(): Promise<T> {
    if (this.#status === FULFILLED) return Promise.resolve(this.#value as T)
    if (this.#status === REJECTED) return Promise.reject(this.#value)
    return new Promise<T>((resolve, reject) => {
      this.#resolve = resolve as (value: unknown) => void
      this.#reject = reject
    })
  }
}

Object.defineProperty(LazyPromise.prototype, FUTURE, { value: true })
stays('it is a future; pass it as an argument', LazyPromise.prototype)

/** Whether a value is one of our futures, made by this copy of the package. */
export const isLazyPromise = (value: object): value is LazyPromise<unknown> =>
  FUTURE in value && value instanceof LazyPromise
