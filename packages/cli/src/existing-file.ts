import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { didYouMean } from '@parsl/interfaces'
import { usageFailure } from './failure.js'

/** The absolute path of a file that the command line names. `what` it is stands in the refusal: `the program`. */
export const existingFile = async (path: string, what: string): Promise<string> => {
  const absolute = resolve(path)
  const found = await stat(absolute).catch(() => undefined)
  if (found?.isFile()) return absolute
  if (found) throw usageFailure(`${what} ${path} is no file`)
  const neighbours = await readdir(dirname(absolute)).catch(() => [])
  throw usageFailure(`${what} ${path} is not there${didYouMean(basename(absolute), neighbours)}`)
}
