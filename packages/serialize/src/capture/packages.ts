import { readFileSync, realpathSync } from 'node:fs'
import { findPackageJSON, isBuiltin } from 'node:module'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const nameAndVersion = (file: string): string => {
  const { name = '', version = '' } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string }
  return `${name}@${version}`
}

const isInstalled = (path: string): boolean => path.split(sep).includes('node_modules')

/** The package.json of a package that a file imports. */
export const packageFile = (specifier: string, url: string): string | undefined => {
  try {
    return findPackageJSON(specifier, url)
  } catch {
    return undefined
  }
}

/** `name@version` of an installed package that a file imports; undefined for a user's own, links included. */
export const packageOf = (specifier: string, url: string): string | undefined => {
  if (/^(?:[./#]|[a-z]+:)/u.test(specifier) || isBuiltin(specifier)) return undefined
  const file = packageFile(specifier, url)
  return file !== undefined && isInstalled(realpathSync(file)) ? nameAndVersion(file) : undefined
}

/** Name of the installed package that a file belongs to. */
export const packageHolding = (url: string): string | undefined => {
  if (!url.startsWith('file:') || !isInstalled(fileURLToPath(url))) return undefined
  const file = packageFile('.', url)
  return file === undefined ? 'a package' : nameAndVersion(file)
}
