import { readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

interface PackageJson {
  readonly name: string
  readonly main?: string
  readonly module?: string
  readonly exports?: unknown
}

/** The files that a part of `exports` stands for, under whatever conditions. */
const targetsOf = (exports: unknown): string[] => {
  if (typeof exports === 'string') return [exports]
  return typeof exports === 'object' && exports !== null ? Object.values(exports).flatMap(targetsOf) : []
}

const entriesOf = ({ exports, main = 'index.js', module = main }: PackageJson): [string, string[]][] => {
  if (typeof exports !== 'object' || exports === null) return [['.', [...targetsOf(exports), main, module]]]
  const entries = Object.entries(exports)
  return entries.some(([key]) => key.startsWith('.'))
    ? entries.map(([key, part]) => [key, targetsOf(part)])
    : [['.', targetsOf(exports)]]
}

/** What `*` of a target stands for in a path; undefined if it is another file. */
const matching = (target: string, path: string): string | undefined => {
  const [start = '', ...rest] = target.replace(/^\.\//u, '').split('*')
  if (rest.length === 0) return path === start ? '' : undefined
  const end = rest.at(-1) as string
  return path.startsWith(start) && path.endsWith(end) ? path.slice(start.length, path.length - end.length) : undefined
}

/** The key of `exports` that a file of a package stands under; its path where all files may be imported. */
export const entryKeyOf = (path: string, packageFile: string): string | undefined => {
  const json = JSON.parse(readFileSync(packageFile, 'utf8')) as PackageJson
  for (const [key, targets] of entriesOf(json)) {
    const part = targets.map((target) => matching(target, path)).find((found) => found !== undefined)
    if (part !== undefined) return key.replace('*', part)
  }
  return json.exports === undefined ? path : undefined
}

/** Under which name a program imports a file of an installed package. */
export const entryOf = (file: string, packageFile: string): string => {
  const { name } = JSON.parse(readFileSync(packageFile, 'utf8')) as PackageJson
  const path = relative(dirname(packageFile), file).split(sep).join('/')
  return join(name, entryKeyOf(path, packageFile) ?? path)
}
