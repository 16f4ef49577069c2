import type { TaskTry } from '@parsl/interfaces'
import { encodeValue, type Functions } from '@parsl/serialize'
import type { Part } from '../messages.js'
import { besideOf, newHold } from './hold.js'
import type { Laden } from './laden.js'
import { type SharedValue, sharesIn } from './shared-value.js'

/** Arguments as they are sent. */
interface PackedArgs {
  /** Them, or where they have large buffers the name of `laden`. */
  readonly args: Uint8Array | string
  readonly laden: readonly [id: string, content: Laden] | undefined
  readonly codes: readonly Part[]
  readonly shares: readonly SharedValue[]
}

/** How arguments are packed, all of them alike. */
interface ArgsPacking {
  /** Whether the worker has the program's own memory. */
  readonly sharesMemory: boolean
  readonly nextName: () => string
}

export const newArgsPacker =
  ({ sharesMemory, nextName }: ArgsPacking) =>
  ({ spec, args }: TaskTry, functions: ReturnType<Functions['encoder']>): PackedArgs => {
    const codes: Part[] = []
    const hold = sharesMemory ? newHold() : undefined
    const { result: sent, shares } = sharesIn(() =>
      encodeValue(args, {
        functions,
        codes: (id, text) => void codes.push([id, text]),
        name: `arguments of ${spec.app}`,
        ...besideOf(hold),
      }),
    )
    const buffers = hold?.take() ?? []
    if (buffers.length === 0) return { args: sent, laden: undefined, codes, shares }
    const id = nextName()
    // On their own: small messages lie in a pool, which would be copied to a thread as a whole.
    return { args: id, laden: [id, { bytes: new Uint8Array(sent), buffers }], codes, shares }
  }
