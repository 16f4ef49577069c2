import { DeserializationError } from '@parsl/interfaces'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileFunction } from 'node:vm'
import type { Imported, SourceCode } from '../capture/code.js'
import { packageFile, packageOf } from '../capture/packages.js'
import { importing, quietly } from './imports.js'

/** A package, and the code that imports it. */
export interface Need {
  readonly imported: Imported
  readonly code: Pick<SourceCode, 'name' | 'url' | 'line'>
}

const needText = ({ imported, code }: Need): string =>
  `${code.name === '' ? 'a function' : code.name} (${code.url}:${code.line + 1}) needs the package ${imported.package}`

const programFile = (): string => `${process.cwd()}/package.json`

const folderOf = (file: string): string => dirname(file.startsWith('file:') ? fileURLToPath(file) : file)

const notHere = (need: Need, options?: ErrorOptions): DeserializationError => {
  const looked = [...new Set([need.code.url, programFile()].map(folderOf))].join(' and ')
  return new DeserializationError(
    `${needText(need)}, which is not installed here; looked from ${looked}. ` +
      `Install it there (npm install ${need.imported.package}), or let workers start where it is installed`,
    options,
  )
}

const otherVersion = (need: Need, base: string): void => {
  const here = packageOf(need.imported.from, base)
  if (here === undefined || here === need.imported.package) return
  throw new DeserializationError(
    `${needText(need)}, and ${here} is installed here, found from ${folderOf(base)}; ` +
      `install the same (npm install ${need.imported.package})`,
  )
}

const importAs = (filename: string, specifier: string): Promise<unknown> => {
  const load = compileFunction('return import(specifier)', ['specifier'], { filename, ...importing })
  return quietly(() => (load as (specifier: string) => Promise<unknown>)(specifier))
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'

/** Imports as the user's file would, if it is here too, and else as the program does. */
export const importFrom = async (specifier: string, url: string): Promise<unknown> => {
  try {
    return await importAs(url, specifier)
  } catch (error) {
    if (!isMissing(error)) throw error
    return importAs(programFile(), specifier)
  }
}

/**
 * Imports as the user's file would, if the package can be found from there, and else as the program does.
 *
 * @throws a `DeserializationError` where it is not installed, in another version, or fails.
 */
export const loadPackage = async (need: Need): Promise<unknown> => {
  const { from } = need.imported
  const base = [need.code.url, programFile()].find((file) => packageFile(from, file) !== undefined)
  if (base !== undefined) otherVersion(need, base)
  try {
    return await importAs(base ?? need.code.url, from)
  } catch (cause) {
    if (base === undefined && isMissing(cause)) throw notHere(need, { cause })
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new DeserializationError(`${needText(need)}, which failed while it was loaded here: ${message}`, { cause })
  }
}
