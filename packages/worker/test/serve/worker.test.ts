import type { TaskSpec, TaskTry } from '@parsl/interfaces'
import { expect, it } from 'vitest'
import type { FromWorker, RunMessage, ToWorker } from '../../src/messages.js'
import { ServingWorker } from '../../src/serve/worker.js'
import { programFunctions } from '../../src/travel/functions.js'
import { newPacker } from '../../src/travel/parcel.js'

const spec: TaskSpec = {
  app: 'plain',
  kind: 'js',
  body: (n: number) => n,
  resources: {},
  priority: undefined,
  walltimeMs: undefined,
  env: {},
}

const tryOf = (taskId: number, value: unknown): TaskTry => ({
  taskId,
  attempt: 0,
  spec,
  args: [value],
  inputs: [],
  outputs: [],
  stdout: 'inherit',
  stderr: 'inherit',
})

const guardian = { mark: () => ({}), processGroup: () => () => {}, path: () => () => {}, command: () => () => {} }
const pack = newPacker(programFunctions(), guardian, { sharesMemory: true })

/** A try as it is sent, with or without what travels beside it. */
const sent = (id: number, value: unknown): { run: RunMessage; beside: ToWorker[] } => {
  const { laden, ...parcel } = pack(tryOf(id, value)).parcel
  const run: RunMessage = { type: 'run', id, slot: id, ...parcel }
  return { run, beside: laden ? [{ type: 'parts', parts: [laden] }] : [] }
}

it('takes in the whole of what came together before it looks for more', () => {
  const ended: number[] = []
  const posted: FromWorker[] = []
  const later = sent(3, 3).run
  let more: ToWorker[] = []
  const worker = new ServingWorker(
    {
      sharesMemory: true,
      post: (message) => {
        posted.push(message)
        if (message.type === 'succeeded') ended.push(message.id)
      },
      claim: () => true,
      // Finds what the pool sent meanwhile, as a thread does.
      idle: () => {
        const found = more
        more = []
        if (found.length > 0) worker.receive(found)
      },
      hold: () => {},
    },
    { killGraceMs: 1_000, keepBytes: 1_000_000 },
    programFunctions(),
  )
  const first = sent(1, new Uint8Array(200_000))
  const second = sent(2, 2).run
  worker.receive([first.run])
  expect(posted.map(({ type }) => type)).toEqual(['wants'])
  more = [later]
  worker.receive([...first.beside, second])
  expect(ended).toEqual([1, 2, 3])
})
