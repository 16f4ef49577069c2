import { ConfigurationError, stays } from '@parsl/interfaces'
import { loadedKernel, requireKernel, type Submitter } from '../kernel/loaded.js'
import type { AppDefinition } from '../kernel/task.js'
import { mapInFlight } from './map.js'
import { type AppOptions, checkAppOptions, defineApp } from './options.js'
import type { App } from './types.js'

/** What an app is made of. */
export interface AppParts {
  readonly kind: AppDefinition['kind']
  readonly body: (...args: never[]) => unknown
  readonly name: string
  readonly kernel: Submitter | undefined
}

const staysAsApp = <Value extends object>(app: Value): Value =>
  stays('it is an app, and apps run where the program runs; use joinApp to call apps from an app', app)

/** Marks a function that makes apps. */
export const staysAsMaker = (make: object): void => {
  stays('it makes apps, and apps run where the program runs; make them outside, and use joinApp to call them', make)
}

/** An app of options that were checked. */
export const appOf = (
  parts: AppParts,
  options: AppOptions,
  definition: AppDefinition = defineApp(parts, options),
): App<never[], unknown> => {
  const kernel = options.kernel ?? parts.kernel
  const app = (...args: readonly unknown[]) =>
    (kernel ?? loadedKernel() ?? requireKernel(`app ${parts.name}`)).submit(definition, args)
  const members = {
    func: { value: parts.body },
    options: { value: options },
    name: { value: parts.name },
    with: { value: (more: AppOptions) => makeApp(parts, { ...options, ...more }) },
    map: {
      value: (items: Iterable<never> | AsyncIterable<never>, mapOptions = {}) =>
        mapInFlight(app as never, items, mapOptions),
    },
  }
  return Object.defineProperties(staysAsApp(app), members) as unknown as App<never[], unknown>
}

/** @throws ConfigurationError `PARSL_CONFIG` */
export const refuseUncallable = (body: unknown): void => {
  if (typeof body === 'function') return
  throw new ConfigurationError([`an app is made from a function, not from ${body === null ? 'null' : typeof body}`])
}

/** A version stands for the code of what has the app's name; where that is a line, it would change with the lines above it. */
const refuseVersionOfNothing = ({ name }: AppParts['body'], options: AppOptions): void => {
  if (options.version === undefined || options.name !== undefined || name !== '') return
  throw new ConfigurationError([
    'options of an app without a name: version stands for the code of a named app; give it a name as well, { name, version }',
  ])
}

/** @throws ConfigurationError `PARSL_CONFIG` for a body that is no function, or bad options */
export const makeApp = (parts: AppParts, options: AppOptions): App<never[], unknown> => {
  refuseUncallable(parts.body)
  const { name = parts.name } = (options as AppOptions | null) ?? {}
  checkAppOptions(options, { ...parts, name: String(name) })
  refuseVersionOfNothing(parts.body, options)
  return appOf({ ...parts, name }, options)
}

/** `main.ts:12`: where the function above `caller` stands that called it. */
const siteOf = (caller: (...args: never[]) => unknown): string => {
  const trace: { stack?: string } = {}
  const { stackTraceLimit } = Error
  // Each frame costs, and functions without a name may be many.
  Reflect.set(Error, 'stackTraceLimit', 1)
  Error.captureStackTrace(trace, caller)
  Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  const [, file = 'unknown', line = '0'] = /([^/\\]+?):(\d+):\d+\)?(?:\n|$)/.exec(trace.stack ?? '') ?? []
  return `${file}:${line}`
}

/** The name of a function as an app's: its own, or for one without, where it was made an app. */
export const nameOf = (body: unknown, caller: (...args: never[]) => unknown): string =>
  typeof body === 'function' && body.name !== '' ? body.name : siteOf(caller)
