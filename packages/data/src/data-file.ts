import { basename, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ConfigurationError, type DataFile, intrinsics, StagingError } from '@parsl/interfaces'

const FILE = Symbol.for('parsl.data-file')
const ADDRESS = /^([a-z][a-z0-9+.-]+):\//i

/** `a%20b.txt` is the file `a b.txt`; an escape that says nothing stays. */
const unescaped = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

type EncodedFile = readonly [url: string, scheme: string, path: string | undefined]

/** What `file` makes: exported so that files travel as themselves. Tell files by `isDataFile`. */
export class AddressedFile implements DataFile {
  readonly url: string
  readonly scheme: string
  readonly filename: string
  readonly #path: string | undefined

  constructor(url: string, scheme: string, path: string | undefined) {
    this.url = url
    this.scheme = scheme
    this.filename = basename(path ?? unescaped(new URL(url).pathname))
    this.#path = path
    Object.defineProperty(this, FILE, { value: true })
  }

  get path(): string {
    if (this.#path !== undefined) return this.#path
    throw new StagingError(this.url, 'it has no path outside a task that takes it as an argument')
  }

  toString(): string {
    return this.path
  }

  static [Symbol.for('parsl.encode')](file: AddressedFile): EncodedFile {
    return [file.url, file.scheme, file.#path]
  }

  static [Symbol.for('parsl.decode')](parts: EncodedFile): AddressedFile {
    return new AddressedFile(...parts)
  }
}

const readable = <Value>(url: string, read: () => Value): Value => {
  try {
    return read()
  } catch (cause) {
    throw new ConfigurationError([`${url} is no address of a file: ${(cause as Error).message}`], { cause })
  }
}

const localUrl = (url: string): DataFile => {
  const { host } = readable(url, () => new URL(url))
  if (host !== '')
    throw new ConfigurationError([`${url} names the host ${host}: a file address has none, as in file:///data/a.txt`])
  return new AddressedFile(
    url,
    'file',
    readable(url, () => resolve(fileURLToPath(url))),
  )
}

/**
 * A file as an argument of an app: an input, brought to where the task runs. In the body it is a `DataFile` with a local `path`.
 * @param address a path (a relative one counts from the program's working directory, now) or a URL
 * @throws ConfigurationError `PARSL_CONFIG` for an empty address, a URL that cannot be read, or a file URL with a host
 */
export const file = (address: string | URL): DataFile => {
  const text = String(address)
  if (text === '') throw new ConfigurationError(['file() needs a path or a URL, not an empty text'])
  const scheme = ADDRESS.exec(text)?.[1]?.toLowerCase()
  if (scheme === 'file') return localUrl(text)
  if (scheme !== undefined) return readable(text, () => new AddressedFile(text, scheme, undefined))
  const path = resolve(text)
  return new AddressedFile(pathToFileURL(path).href, 'file', path)
}

/** The same file, found at `path` on the machine where the task runs. */
export const fileAt = (original: DataFile, path: string): DataFile =>
  original.scheme === 'file' && original.path === path
    ? original
    : new AddressedFile(original.url, original.scheme, path)

/** Whether a value is a file, made by any copy of this package. */
export const isDataFile = (value: unknown): value is DataFile =>
  typeof value === 'object' && value !== null && FILE in value

intrinsics('@parsl/data', { AddressedFile, file, isDataFile })
