// Captures what cannot leave the program; prints why it is refused, as JSON.
import { createRequire } from 'node:module'
import * as parsl from '@parsl/core'
import {
  asCompleted,
  bashApp,
  clear,
  dataFlowKernel,
  dfk,
  evidenceOf,
  inProcessExecutor,
  joinApp,
  jsApp,
  load,
  localStaging,
  output,
  sh,
  waitForCurrentTasks,
} from '@parsl/core'
import { refusal } from './elsewhere.ts'

const required = createRequire(import.meta.url)('@parsl/core') as typeof parsl

const helper = jsApp((x: number) => x + 1)
const touch = bashApp((path: parsl.Output) => sh`touch ${path}`)
const nested = joinApp(() => helper(1))
const kernel = await dataFlowKernel({ runDir: process.argv[2] as string })
const one = kernel.jsApp(() => 1)
const future = one()
const { outputs } = kernel.bashApp((path: parsl.Output) => sh`touch ${path}`)(output(`${process.argv[2]}/file`))
const [made] = outputs
const promise = Promise.resolve(1)
const tools = { list: [helper] }
const config = { executors: [inProcessExecutor()], staging: [localStaging()] }

const bodies = {
  app: function align() {
    return helper(1)
  },
  bashApp: () => touch,
  joinApp: () => nested,
  appInData: () => tools,
  appOfKernel: () => one,
  optionsOfApp: () => helper.with({ retries: 1 }),
  jsApp: () => jsApp(() => 1),
  bashAppMaker: () => bashApp,
  joinAppMaker: () => joinApp,
  load: () => load(),
  dfk: () => dfk(),
  clear: () => clear(),
  waitForCurrentTasks: () => waitForCurrentTasks(),
  dataFlowKernel: () => dataFlowKernel(),
  kernel: () => kernel,
  future: () => future,
  dataFuture: () => made,
  promise: () => promise,
  config: () => config,
  inProcessExecutor: () => inProcessExecutor(),
  localStaging: () => localStaging(),
  asCompleted: () => asCompleted([]),
  evidenceOf: () => evidenceOf(new Error()),
  namespace: () => parsl.load(),
  required: () => required.dfk(),
}

const refusals = Object.entries(bodies).map(([name, body]) => [name, refusal(body)])
const values = { argument: refusal([future]), list: refusal({ made }), executor: refusal(config) }
await Promise.all([future, made])
await kernel.close()
process.stdout.write(JSON.stringify({ ...Object.fromEntries(refusals), ...values }))
