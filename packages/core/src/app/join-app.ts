import type { Submitter } from '../kernel/loaded.js'
import { makeApp, nameOf, staysAsMaker } from './app.js'
import type { AppOptions } from './options.js'
import type { App, Joined } from './types.js'

/** Makes a function that calls other apps an app. */
// oxlint-disable-next-line typescript/no-explicit-any -- `unknown[]` would turn defaulted parameters into `unknown`
export type JoinApp = <Args extends any[], Result>(
  body: (...args: Args) => Result,
  options?: AppOptions,
) => App<Args, Joined<Result>>

/** `joinApp` for one kernel, or for whichever is loaded at the call. */
export const joinAppFor = (kernel?: Submitter): JoinApp => {
  const app: JoinApp = (body, options = {}) =>
    makeApp(
      { kind: 'join', body: body as (...args: never[]) => unknown, name: nameOf(body, app), kernel },
      options,
    ) as never
  return app
}

/**
 * Makes a function that calls other apps an app: the body runs in the program, may be async, and returns futures, or containers of them at any depth.
 * The value is what it returned with each future replaced by its value, once all have ended; no worker is held meanwhile.
 * Failed inner futures reject with `JoinError`, after all have ended.
 * @throws ConfigurationError `PARSL_CONFIG` for bad options
 */
export const joinApp: JoinApp = joinAppFor()
staysAsMaker(joinApp)
