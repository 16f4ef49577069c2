import { types } from 'node:util'
import { SerializationError } from '@parsl/interfaces'
import { encodeError } from '@parsl/serialize'
import { type Outcome, programFunctions } from '@parsl/worker'
import type { WireResult } from '../wire/messages.js'
import { packValue } from '../wire/payload.js'

const isShared = ({ buffer }: Uint8Array): boolean => types.isSharedArrayBuffer(buffer)

/** A thread may give its memory to this process, and this process to nobody. */
const refusal = (): Uint8Array =>
  encodeError(
    new SerializationError(
      'the result',
      'shared memory stays in its process; copy it (new Uint8Array(shared).slice())',
    ),
    { functions: programFunctions() },
  )

/** What a worker gave, as it travels. */
export const resultOf = (id: number, outcome: Outcome): WireResult => {
  const { ms } = outcome
  if (outcome.type === 'failed') return { id, ok: false, kind: outcome.kind, ms, payload: outcome.error }
  const { value, buffers = [] } = outcome
  return buffers.some(isShared)
    ? { id, ok: false, kind: 'body', ms, payload: refusal() }
    : { id, ok: true, kind: undefined, ms, payload: packValue(value, buffers) }
}
