import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigurationError, stays } from '@parsl/interfaces'
import { tell } from '../life/tell.js'
import type { Config } from './config.js'

/** The environment variable that names the configuration of a bare `load()`. */
const VARIABLE = 'PARSL_CONFIG'

interface ConfigModule {
  readonly config?: unknown
  readonly freshConfig?: unknown
}

const refuse = (path: string, what: string, cause?: unknown): never => {
  throw new ConfigurationError([`the configuration file ${path} ${what}`], cause === undefined ? {} : { cause })
}

const importOf = async (path: string): Promise<ConfigModule> => {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) refuse(path, found ? 'is no file' : 'is not there')
  try {
    return (await import(pathToFileURL(path).href)) as ConfigModule
  } catch (error) {
    return refuse(path, `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

/**
 * The configuration that a module exports: as `config`, or as what its function `freshConfig()` returns, now or later. TypeScript runs as it is.
 * A relative path counts from the working directory.
 * @throws ConfigurationError `PARSL_CONFIG` where there is no such file, it throws, or it exports neither
 */
export const configFromFile = async (path: string): Promise<Config> => {
  const absolute = resolve(path)
  const { config, freshConfig } = await importOf(absolute)
  const given: unknown =
    config ?? (typeof freshConfig === 'function' ? await (freshConfig as () => unknown)() : undefined)
  if (typeof given === 'object' && given !== null) return given
  return refuse(absolute, 'must export `config`, an object, or `freshConfig()`, a function that returns one')
}

stays('it reads a file of the program; call it there', configFromFile)

/** What `load()` takes where it is given nothing: the file that `PARSL_CONFIG` names, else the defaults. */
export const bareConfig = async (): Promise<Config> => {
  const path = process.env[VARIABLE]
  return path ? configFromFile(path) : {}
}

/** The configuration in the program is the one that counts; whoever set the variable is told. */
export const tellIfUnused = (): void => {
  const path = process.env[VARIABLE]
  if (path) tell(`parsl: ${VARIABLE}=${path} is not used: the program gives load() a configuration of its own\n`)
}
