import type { BashResult, ShellCommand } from '@parsl/worker'
import type { Submitter } from '../kernel/loaded.js'
import { makeApp, nameOf, staysAsMaker } from './app.js'
import type { AppOptions } from './options.js'
import type { App } from './types.js'

type Command = ShellCommand | string

/** Makes a function that returns a shell command an app. */
// oxlint-disable-next-line typescript/no-explicit-any -- `unknown[]` would turn defaulted parameters into `unknown`
export type BashApp = <Args extends any[]>(
  body: (...args: Args) => Command | Promise<Command>,
  options?: AppOptions,
) => App<Args, BashResult>

/** `bashApp` for one kernel, or for whichever is loaded at the call. */
export const bashAppFor = (kernel?: Submitter): BashApp => {
  const app: BashApp = (body, options = {}) =>
    makeApp(
      { kind: 'bash', body: body as (...args: never[]) => unknown, name: nameOf(body, app), kernel },
      options,
    ) as never
  return app
}

/**
 * Makes a function that returns a shell command an app: the body's `sh` text is run by bash where the task runs. The value says where the streams are;
 * another exit code than 0 rejects with `BashExitFailure`. Processes that the command leaves behind are ended with it.
 * @throws ConfigurationError `PARSL_CONFIG` for bad options
 */
export const bashApp: BashApp = bashAppFor()
staysAsMaker(bashApp)
