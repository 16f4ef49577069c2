import { SerializationError, type TaskTry } from '@parsl/interfaces'
import { heapMbOf, newPartsSent, type Packed } from '@parsl/worker'
import type { HtexSettings } from '../settings.js'
import { packPart, packPayload } from '../wire/payload.js'
import { newClasses } from './classes.js'
import type { Outbox } from './outbox.js'
import type { Sent } from './tries.js'

/** What sending tries takes. */
export interface SubmittingSetup {
  readonly settings: HtexSettings
  readonly killGraceMs: number
  readonly outbox: Outbox
  /** @throws SerializationError `PARSL_SERIALIZE` for what cannot travel */
  readonly pack: (attempt: TaskTry) => Packed
}

/** Sends tries to the interchange. */
export interface Submitting {
  /** @throws SerializationError `PARSL_SERIALIZE` for what cannot travel, or is too large */
  submit(attempt: TaskTry, id: number): Sent
  /** Sends parts that the interchange asked for. */
  resend(parts: Packed['parcel']['parts']): void
}

const refuseLarge = (what: string, bytes: number, limit: number): void => {
  if (bytes > limit)
    throw new SerializationError(
      what,
      `it takes ${bytes} bytes, and the executor's maxMessageSize is ${limit}; raise that, or pass a file`,
    )
}

export const newSubmitting = ({ settings, killGraceMs, outbox, pack }: SubmittingSetup): Submitting => {
  const { memPerWorkerBytes, coresPerWorker, maxMessageBytes } = settings
  const heapMb = memPerWorkerBytes === undefined ? undefined : heapMbOf(memPerWorkerBytes)
  const classOf = newClasses({ killGraceMs, heapMb, coresPerWorker })
  const partsSent = newPartsSent()

  const freshParts = ({ parcel }: Packed, app: string) => {
    const fresh = partsSent.add(parcel.parts).map(packPart)
    for (const { content } of fresh) refuseLarge(`what app ${app} needs`, content.byteLength, maxMessageBytes)
    return fresh
  }
  const forget = (share: string): void => {
    if (partsSent.forget(share)) outbox.say({ type: 'forget', parts: [share] })
  }
  return {
    submit: (attempt, id) => {
      const { spec } = attempt
      const packed = pack(attempt)
      const { parcel, shares } = packed
      const payload = packPayload(parcel)
      refuseLarge(`arguments of ${spec.app}`, payload.byteLength, maxMessageBytes)
      const { taskClass, isNew, parts } = classOf(spec, packed)
      outbox.task({
        taskClass: isNew ? taskClass : undefined,
        parts: freshParts(packed, spec.app),
        task: { id, of: taskClass.n, priority: spec.priority, parts, payload },
      })
      const letGo = shares.map((share) => share.use(forget))
      return { id, attempt, parts: parcel.parts, heapMb: taskClass.heapMb, letGo, block: undefined, stop: undefined }
    },
    resend: (parts) => {
      if (parts.length > 0) outbox.say({ type: 'parts', parts: parts.map(packPart) })
    },
  }
}
