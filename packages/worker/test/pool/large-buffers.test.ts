import type { FailureKind, Guardian } from '@parsl/interfaces'
import { fakeClock } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import type { Part, RunMessage, ToWorker } from '../../src/messages.js'
import type { LinkEvents } from '../../src/pool/link.js'
import { type PoolWork, WorkerPool } from '../../src/pool/pool.js'
import { postedToWorker } from '../../src/posted.js'
import { isLaden } from '../../src/travel/laden.js'

const nothing = (): void => {}
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const guardian: Guardian = {
  mark: () => ({}),
  processGroup: () => nothing,
  command: () => nothing,
  path: () => nothing,
}

const lost = { error: new Error('lost'), kind: 'lost' } as const
const spec = {}

const newWork = (task: number): PoolWork => ({
  spec,
  priority: undefined,
  heapMb: undefined,
  limit: undefined,
  graceMs: 1_000,
  parcel: {
    task,
    attempt: 0,
    spec: 'spec',
    body: 'body',
    args: `args ${task}`,
    laden: [`args ${task}`, { bytes: new Uint8Array(1), buffers: [new Uint8Array(8).fill(task)] }],
    files: undefined,
    parts: [],
    shares: [],
  },
})

/** A pool of one thread, which the test plays. */
const newScene = () => {
  const sent: ToWorker[] = []
  const workers: LinkEvents[] = []
  const failed: [PoolWork, FailureKind][] = []
  const pool = new WorkerPool<PoolWork>({
    limits: { size: 1, maxTasksPerWorker: Infinity, depth: 4 },
    open: ({ name }, events) => {
      workers.push(events)
      return {
        name,
        send: (messages) => {
          const { content, moved } = postedToWorker(messages as readonly ToWorker[])
          structuredClone(content, { transfer: moved })
          sent.push(...(messages as readonly ToWorker[]))
        },
        // Nothing was begun.
        takeBack: (ids) => ids,
        end: nothing,
        kill: nothing,
        hold: nothing,
      }
    },
    nameOf: (worker) => `thread ${worker}`,
    report: {
      began: nothing,
      ended: nothing,
      failed: (work, _error, kind) => failed.push([work, kind]),
      broken: nothing,
    },
    failureOf: () => lost,
    clock: fakeClock(),
    log: quiet,
    guardian,
  })
  const runs = (): readonly RunMessage[] => sent.filter((message) => message.type === 'run')
  return { pool, sent, workers, failed, runs }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const ladenIn = (parts: readonly Part[]): readonly string[] =>
  parts.filter(([, content]) => isLaden(content)).map(([id]) => id)

/** Has a first body end soon, so that more is sent ahead of the end of the next. */
const started = async () => {
  const scene = newScene()
  const { pool, workers, runs } = scene
  pool.submit(newWork(1))
  await turn()
  workers[0]?.message({ type: 'ready' })
  await turn()
  workers[0]?.message({ type: 'succeeded', id: runs()[0]?.id ?? 0, ms: 0.01, value: new Uint8Array(1) })
  await turn()
  return scene
}

describe('large buffers', () => {
  it('go with a try that begins at once, and with one that lies ahead when its worker asks', async () => {
    const { pool, workers, sent, runs } = await started()
    const works = [newWork(2), newWork(3)]
    for (const work of works) pool.submit(work)
    await turn()
    expect(runs().map(({ parts }) => ladenIn(parts))).toEqual([['args 1'], ['args 2'], []])
    workers[0]?.message({ type: 'succeeded', id: runs()[1]?.id ?? 0, ms: 0.01, value: new Uint8Array(1) })
    workers[0]?.message({ type: 'wants', parts: ['args 3'] })
    await turn()
    expect(sent.flatMap((message) => (message.type === 'parts' ? ladenIn(message.parts) : []))).toEqual(['args 3'])
    expect(works.map(({ parcel }) => parcel.laden?.[1].buffers[0]?.byteLength)).toEqual([0, 0])
  })

  it('are lost with their worker once they were moved there, and their try with them; others go to another', async () => {
    const { pool, workers, failed, runs } = await started()
    const [moved, ahead] = [newWork(2), newWork(3)]
    pool.submit(moved)
    pool.submit(ahead)
    await turn()
    workers[0]?.gone({ exitCode: 1, signal: null, outOfMemory: false, evidence: '' })
    await turn()
    expect(failed).toEqual([[moved, 'lost']])
    workers[1]?.message({ type: 'ready' })
    await turn()
    expect(runs().at(-1)).toMatchObject({ task: 3 })
    expect(ladenIn(runs().at(-1)?.parts ?? [])).toEqual(['args 3'])
    expect(pool.outstanding).toBe(1)
  })
})
