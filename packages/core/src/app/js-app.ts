import type { Submitter } from '../kernel/loaded.js'
import { makeApp, nameOf, staysAsMaker } from './app.js'
import type { AppOptions } from './options.js'
import type { App, ResultOf } from './types.js'

/** Makes a function an app. */
// oxlint-disable-next-line typescript/no-explicit-any -- `unknown[]` would turn defaulted parameters into `unknown`
export type JsApp = <Args extends any[], Result>(
  body: (...args: Args) => Result,
  options?: AppOptions,
) => App<Args, ResultOf<Result>>

/** `jsApp` for one kernel, or for whichever is loaded at the call. */
export const jsAppFor = (kernel?: Submitter): JsApp => {
  const app: JsApp = (body, options = {}) =>
    makeApp(
      { kind: 'js', body: body as (...args: never[]) => unknown, name: nameOf(body, app), kernel },
      options,
    ) as never
  return app
}

/**
 * Makes a function an app (Parsl's `python_app`): calling it submits a task and returns a future at once. The body may be async; what it returns is the
 * future's value; the items of a generator become a list. Futures among the arguments, at any depth, are waited for and replaced by their values.
 * @throws ConfigurationError `PARSL_CONFIG` for bad options
 */
export const jsApp: JsApp = jsAppFor()
staysAsMaker(jsApp)
