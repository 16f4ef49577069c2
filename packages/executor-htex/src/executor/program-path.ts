import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ExecutorError } from '@parsl/interfaces'

const PACKAGE = '@parsl/executor-htex'

const resolved = (): string | undefined => {
  try {
    return createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)
  } catch {
    return undefined
  }
}

/**
 * The file of one of our processes. It lies beside this one, or, where this one was put into a bundle, in the installed package: ZeroMQ is a native
 * library, which no bundle can hold.
 * @throws ExecutorError `PARSL_EXECUTOR` where it is in neither place
 */
export const programPath = (executor: string, name: 'interchange' | 'manager'): string => {
  const beside = fileURLToPath(new URL(`./${name}.js`, import.meta.url))
  if (existsSync(beside)) return beside
  const installed = resolved()
  const path = installed === undefined ? beside : join(dirname(installed), 'dist', `${name}.js`)
  if (existsSync(path)) return path
  throw new ExecutorError(
    executor,
    `${path} is not there. Where the program is a bundle, ${PACKAGE} must be installed beside it: keep it out of the bundle`,
  )
}

/** The version of the package that one of our processes is of. */
export const versionOf = (program: string): string => {
  const { version } = JSON.parse(readFileSync(join(dirname(program), '../package.json'), 'utf8')) as { version: string }
  return version
}
