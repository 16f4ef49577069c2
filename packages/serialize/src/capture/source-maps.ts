import { AssertionError } from 'node:assert'
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Script } from './inspector.js'

/** A place in a file, lines and columns from one, as stacks have them. */
export interface Place {
  readonly url: string
  readonly line: number
  readonly column: number
}

/** Finds the place in the user's own file. */
export type MapPlace = (place: Place, script: Script) => Place | undefined

interface Loaded {
  readonly map: SourceMap
  /** What its sources are relative to. */
  readonly base: string
}

const textOf = (address: URL): string => {
  if (address.protocol !== 'data:') return readFileSync(address, 'utf8')
  const [head = '', ...data] = address.href.split(',')
  const body = decodeURIComponent(data.join(','))
  return head.endsWith(';base64') ? Buffer.from(body, 'base64').toString() : body
}

const load = ({ url, sourceMapURL }: Script): Loaded | undefined => {
  try {
    const address = new URL(sourceMapURL, url)
    const payload = JSON.parse(textOf(address)) as SourceMap['payload']
    const base = address.protocol === 'data:' ? url : address.href
    const root = payload.sourceRoot ? payload.sourceRoot.replace(/\/?$/u, '/') : ''
    return { map: new SourceMap(payload), base: URL.parse(root, base)?.href ?? base }
  } catch {
    return undefined
  }
}

/** By the map that a script names. */
const createByMap = (): MapPlace => {
  const maps = new Map<string, Loaded | undefined>()
  return ({ line, column }, script) => {
    if (!maps.has(script.scriptId)) maps.set(script.scriptId, load(script))
    const loaded = maps.get(script.scriptId)
    const entry = loaded?.map.findEntry(line - 1, column - 1)
    if (loaded === undefined || entry === undefined || !('originalSource' in entry)) return undefined
    const url = URL.parse(entry.originalSource, loaded.base)?.href ?? entry.originalSource
    return { url, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
  }
}

/** A call site, as far as those ask that map stacks. */
const callSite = ({ url, line, column }: Place): NodeJS.CallSite => {
  const file = url.startsWith('file:') ? fileURLToPath(url) : url
  const no = (): boolean => false
  const nothing = (): null => null
  const site = {
    getFileName: () => file,
    getScriptNameOrSourceURL: () => file,
    getLineNumber: () => line,
    getColumnNumber: () => column,
    getEnclosingLineNumber: () => line,
    getEnclosingColumnNumber: () => column,
    getPosition: () => 0,
    getPromiseIndex: nothing,
    getScriptHash: () => '',
    getThis: () => undefined,
    getTypeName: nothing,
    getFunction: () => undefined,
    getFunctionName: nothing,
    getMethodName: nothing,
    getEvalOrigin: () => undefined,
    isToplevel: () => true,
    isEval: no,
    isNative: no,
    isConstructor: no,
    isAsync: no,
    isPromiseAll: no,
    toString: () => `${file}:${line}:${column}`,
  }
  return Object.create(site) as NodeJS.CallSite
}

const placeIn = /((?:file:\/\/)?\/[^\n]*?):(\d+):(\d+)\)?$/mu

/** In another realm than the main one, as in vitest's `vmThreads`, Node falls back on the main one's. */
const mainError = Object.getPrototypeOf(AssertionError) as ErrorConstructor

/** By what the program maps its own stacks with: vitest keeps its maps to itself. */
const byProgram: MapPlace = (place) => {
  const prepare: unknown = Error.prepareStackTrace ?? mainError.prepareStackTrace
  if (typeof prepare !== 'function') return undefined
  try {
    const text = String(
      (prepare as (error: Error, sites: NodeJS.CallSite[]) => unknown)(new Error(), [callSite(place)]),
    )
    const [, file = '', line, column] = placeIn.exec(text) ?? []
    return file === ''
      ? undefined
      : { url: URL.parse(file, 'file:')?.href ?? file, line: Number(line), column: Number(column) }
  } catch {
    return undefined
  }
}

export const createMapPlace = (): MapPlace => {
  const byMap = createByMap()
  return (place, script) => (script.sourceMapURL === '' ? byProgram(place, script) : byMap(place, script))
}
