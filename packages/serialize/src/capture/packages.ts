import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { findPackageJSON, isBuiltin } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { entryOf } from './package-entry.js'

const nameAndVersion = (file: string): string => {
  const { name = '', version = '' } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string }
  return `${name}@${version}`
}

const isInstalled = (path: string): boolean => path.split(sep).includes('node_modules')

/** The package.json of a package that a file imports. */
export const packageFile = (specifier: string, url: string): string | undefined => {
  try {
    const file = findPackageJSON(specifier, url)
    // Where there is none, Node gives the folder.
    return file?.endsWith('package.json') === true ? file : undefined
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

/** The installed file that an address names: vite writes `/@fs/…`, or the path within its root. */
const installedFile = (specifier: string, url: string): string | undefined => {
  const path = (URL.parse(specifier, 'file:')?.pathname ?? '').replace(/^\/@fs(?=\/)/u, '')
  if (!path.includes('/node_modules/')) return undefined
  for (let dir = fileURLToPath(url), above = dirname(dir); dir !== above; dir = above, above = dirname(dir)) {
    if (existsSync(join(above, path))) return join(above, path)
  }
  return undefined
}

const ofFile = (specifier: string, url: string): Packaged | undefined => {
  const file = /^(?:file:|\/)/u.test(specifier) ? installedFile(specifier, url) : undefined
  const json = file === undefined ? undefined : packageFile('.', pathToFileURL(file).href)
  if (file === undefined || json === undefined) return undefined
  return { from: entryOf(realpathSync(file), realpathSync(json)), package: nameAndVersion(json) }
}

export interface Packaged {
  readonly from: string
  readonly package: string
}

/** How what a file imports is called, if it is of an installed package. */
export const packaged = (specifier: string, url: string): Packaged | undefined => {
  const found = packageOf(specifier, url)
  return found === undefined ? ofFile(specifier, url) : { from: specifier, package: found }
}

/** Name of the installed package that a file belongs to. */
export const packageHolding = (url: string): string | undefined => {
  if (!url.startsWith('file:') || !isInstalled(fileURLToPath(url))) return undefined
  const file = packageFile('.', url)
  return file === undefined ? 'a package' : nameAndVersion(file)
}
