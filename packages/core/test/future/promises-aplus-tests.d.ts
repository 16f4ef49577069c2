declare module 'promises-aplus-tests' {
  interface Deferred {
    readonly promise: PromiseLike<unknown>
    resolve(value: unknown): void
    reject(reason: unknown): void
  }
  const run: (
    adapter: { deferred(): Deferred },
    options: { readonly reporter: (runner: NodeJS.EventEmitter) => void; readonly timeout: number },
    done: (error: Error | null) => void,
  ) => void
  export = run
}
