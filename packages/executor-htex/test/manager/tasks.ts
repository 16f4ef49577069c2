import type { Guardian, ResourceSpec, TaskSpec } from '@parsl/interfaces'
import { decodeError, decodeValue } from '@parsl/serialize'
import { newPacker, programFunctions } from '@parsl/worker'
import type { TaskClass, WirePart, WireResult, WireTask } from '../../src/wire/messages.js'
import { packPart, packPayload, unpackValue } from '../../src/wire/payload.js'

const nothing = (): void => {}
const guardian: Guardian = {
  mark: () => ({}),
  processGroup: () => nothing,
  command: () => nothing,
  path: () => nothing,
}

/** Tries of one app, as the program sends them. */
export interface WireApp {
  readonly cls: TaskClass
  /** All that its tries need. */
  readonly parts: WirePart[]
  try(...args: readonly unknown[]): WireTask
}

let nextId = 1
let nextClass = 0

// oxlint-disable-next-line typescript/no-explicit-any -- any function
type Body = (...args: any[]) => unknown

export interface AppOptions extends Partial<Omit<TaskClass, 'n' | 'app' | 'parts'>> {
  readonly kind?: TaskSpec['kind']
  readonly resources?: ResourceSpec
}

export const wireApp = (body: Body, options: AppOptions = {}): WireApp => {
  const functions = programFunctions()
  const pack = newPacker(functions, guardian, { sharesMemory: false })
  const { kind = 'js', resources = {}, ...more } = options
  const walltimeMs = more.walltimeMs
  const spec: TaskSpec = { app: 'app', kind, body, resources, priority: undefined, walltimeMs, env: {} }
  const parts: WirePart[] = []
  const known = new Set<string>()
  const n = nextClass++
  const cls = { n, app: 'app', needs: {}, walltimeMs: undefined, graceMs: 1_000, heapMb: undefined, parts: [], ...more }
  return {
    cls,
    parts,
    try: (...args) => {
      const id = nextId++
      const { parcel } = pack({
        taskId: id,
        attempt: 0,
        spec,
        args,
        inputs: [],
        outputs: [],
        stdout: 'inherit',
        stderr: 'inherit',
      })
      for (const part of parcel.parts) {
        if (known.has(part[0])) continue
        known.add(part[0])
        parts.push(packPart(part))
      }
      return { id, of: n, priority: undefined, parts: parcel.parts.map(([name]) => name), payload: packPayload(parcel) }
    },
  }
}

export const valueOf = ({ ok, payload }: WireResult): unknown => {
  if (!ok) throw new Error('it failed')
  const { value, beside } = unpackValue(payload)
  return decodeValue(value, { functions: programFunctions().decoding(), beside })
}

export const errorIn = async ({ payload }: WireResult): Promise<Error> =>
  (await decodeError(payload, programFunctions())).error as Error
