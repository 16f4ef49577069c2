import { lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError } from '@parsl/interfaces'
import { curveKeyPair } from 'zeromq'

/** Two halves of one key, as text of 40 characters. */
interface KeyPair {
  readonly publicKey: string
  readonly secretKey: string
}

/** What an interchange must know: its own pair, and whom it admits. */
export interface InterchangeKeys {
  readonly own: KeyPair
  readonly clientPublicKey: string
}

/** What a manager must know: the pair by which it is admitted, and whom it trusts. */
export interface ManagerKeys {
  readonly own: KeyPair
  readonly serverPublicKey: string
}

const FILES = { interchange: 'interchange.json', manager: 'manager.json' } as const
/** Permissions of anyone but the owner. */
const OTHERS = 0o077
const KEY = /^[\x21-\x7e]{40}$/

const refuse = (path: string, why: string, options?: ErrorOptions): never => {
  throw new ConfigurationError([`keys in ${path}: ${why}`], options)
}

/** Only its owner, who is us, may enter a folder or read a file of keys. */
const mustBePrivate = async (path: string, kind: 'folder' | 'file'): Promise<void> => {
  const found = await lstat(path).catch((cause: unknown) => refuse(path, `there is no such ${kind}`, { cause }))
  const isRight = kind === 'folder' ? found.isDirectory() : found.isFile()
  if (!isRight) refuse(path, `it is no ${kind}`)
  const own = process.getuid?.()
  if (own !== undefined && found.uid !== own) refuse(path, `it belongs to user ${found.uid}, and this is user ${own}`)
  if ((found.mode & OTHERS) === 0) return
  const mode = (found.mode & 0o777).toString(8)
  refuse(path, `others may use it (mode ${mode}): take that right away, or choose another run directory`)
}

/**
 * Makes the keys of one run: a pair for its interchange and one for all its managers.
 * @param folder made where it is not there; keys of a former run in it are replaced
 * @throws `PARSL_CONFIG` where others may enter the folder
 */
export const makeKeys = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await mustBePrivate(folder, 'folder')
  const [server, client] = [curveKeyPair(), curveKeyPair()]
  const interchange: InterchangeKeys = { own: server, clientPublicKey: client.publicKey }
  const manager: ManagerKeys = { own: client, serverPublicKey: server.publicKey }
  for (const [name, keys] of [
    [FILES.interchange, interchange],
    [FILES.manager, manager],
  ] as const) {
    const path = join(folder, name)
    await rm(path, { force: true })
    await writeFile(path, JSON.stringify(keys), { mode: 0o600, flag: 'wx' })
  }
}

const readPrivate = async (folder: string, name: string): Promise<Record<string, unknown>> => {
  const path = join(folder, name)
  await mustBePrivate(folder, 'folder')
  await mustBePrivate(path, 'file')
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  } catch (cause) {
    return refuse(path, 'it cannot be read as keys', { cause })
  }
}

const keyIn = (path: string, found: unknown): string =>
  typeof found === 'string' && KEY.test(found) ? found : refuse(path, 'it cannot be read as keys')

const pairIn = (path: string, found: unknown): KeyPair => {
  const pair = (found ?? {}) as Partial<KeyPair>
  return { publicKey: keyIn(path, pair.publicKey), secretKey: keyIn(path, pair.secretKey) }
}

/**
 * The keys of the run's interchange.
 * @throws `PARSL_CONFIG` where they are not private, not there, or no keys
 */
export const readInterchangeKeys = async (folder: string): Promise<InterchangeKeys> => {
  const { own, clientPublicKey } = await readPrivate(folder, FILES.interchange)
  return { own: pairIn(folder, own), clientPublicKey: keyIn(folder, clientPublicKey) }
}

/**
 * The keys of the run's managers.
 * @throws `PARSL_CONFIG` where they are not private, not there, or no keys
 */
export const readManagerKeys = async (folder: string): Promise<ManagerKeys> => {
  const { own, serverPublicKey } = await readPrivate(folder, FILES.manager)
  return { own: pairIn(folder, own), serverPublicKey: keyIn(folder, serverPublicKey) }
}

/** Removes the keys of a run. */
export const removeKeys = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
