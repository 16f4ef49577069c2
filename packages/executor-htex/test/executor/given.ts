import type { TaskSpec, TaskTry } from '@parsl/interfaces'
import type { Packed } from '@parsl/worker'

/** A spec as a kernel makes it. */
export const aSpec = (more: Partial<TaskSpec> = {}): TaskSpec => ({
  app: 'align',
  kind: 'js',
  body: () => 1,
  resources: {},
  priority: undefined,
  walltimeMs: undefined,
  env: {},
  ...more,
})

let nextTask = 0

export const aTry = (spec: TaskSpec = aSpec()): TaskTry => ({
  taskId: nextTask++,
  attempt: 0,
  spec,
  args: [],
  inputs: [],
  outputs: [],
  stdout: 'ignore',
  stderr: 'ignore',
})

type Part = Packed['parcel']['parts'][number]

export const aPart = (id: string): Part => [id, new Uint8Array([1, 2, 3])]

/** What the packer makes of a try: parts of the app, then its own. */
export const aPacked = (app: readonly Part[], own: readonly Part[] = []): Packed => ({
  parcel: {
    task: 0,
    attempt: 0,
    spec: app[0]?.[0] ?? 'spec',
    body: new Uint8Array([4]),
    args: new Uint8Array([5]),
    laden: undefined,
    files: undefined,
    parts: [...app, ...own],
    shares: [],
  },
  shares: [],
  appParts: app.length,
})
