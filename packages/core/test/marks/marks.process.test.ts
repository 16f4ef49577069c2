import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { install } from './installed.ts'

const scratch = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'parsl-marks-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

const run = (folder: string, program: string, ...args: string[]): unknown =>
  JSON.parse(execFileSync(process.execPath, [join(folder, program), ...args], { cwd: folder, encoding: 'utf8' }))

const genome = [true, '/data/genome.fa', 'file:///data/genome.fa', '/data/genome.fa', 'genome.fa']
const there = [true, '/there', 'file:///there', '/there', 'there']

const arrived = {
  shell: ["wc -l 'a b'", 'sort -n', 'echo 1', 'cat /x', 'echo 2', 'echo 3', 'echo 4', "cat ls 'a b'", "ls 'a b' | wc"],
  here: [genome, genome, ['https://host/a%20b.txt', 'a b.txt', true], ['file', '/data/aligned.bam', true], 'glob'],
  back: [there, ['directory', there], "echo 'from there'"],
  errors: [
    {
      is: true,
      stack: true,
      name: 'AppTimeout',
      code: 'PARSL_APP_TIMEOUT',
      message: 'app align exceeded its walltime of 0.005 s',
      details: { app: 'align', limit: 'walltime', limitMs: 5 },
    },
    {
      is: true,
      stack: true,
      name: 'AppException',
      code: 'PARSL_APP',
      message: 'app align: gave up after 3 tries',
      details: { app: 'align' },
      tries: 3,
    },
    { is: true, code: 'PARSL_APP_NO_TASK' },
    { is: true, code: 'PARSL_APP_BAD_FORMATTING' },
    {
      is: true,
      stack: true,
      message: 'lost',
      leftOut: ['error › socket cannot travel: it is a handle (Socket) of this process; open it where it is used'],
    },
  ],
  isParslError: true,
}

const app = 'it is an app, and apps run where the program runs; use joinApp to call apps from an app'
const maker = 'it makes apps, and apps run where the program runs; make them outside, and use joinApp to call them'
const onKernel = 'it works on the kernel, which stays in the program; use joinApp to call apps from an app'
const configuration =
  'it belongs to the configuration, which stays in the program; pass the body the values that it needs'

const refused = {
  app: `closure of align › helper cannot travel: ${app}`,
  bashApp: `closure of bashApp › touch cannot travel: ${app}`,
  joinApp: `closure of joinApp › nested cannot travel: ${app}`,
  appInData: `closure of appInData › tools › list › 0 cannot travel: ${app}`,
  appOfKernel: `closure of appOfKernel › one cannot travel: ${app}`,
  optionsOfApp: `closure of optionsOfApp › helper cannot travel: ${app}`,
  jsApp: `closure of jsApp › jsApp cannot travel: ${maker}`,
  bashAppMaker: `closure of bashAppMaker › bashApp cannot travel: ${maker}`,
  joinAppMaker: `closure of joinAppMaker › joinApp cannot travel: ${maker}`,
  load: `closure of load › load cannot travel: ${onKernel}`,
  dfk: `closure of dfk › dfk cannot travel: ${onKernel}`,
  clear: `closure of clear › clear cannot travel: ${onKernel}`,
  waitForCurrentTasks: `closure of waitForCurrentTasks › waitForCurrentTasks cannot travel: ${onKernel}`,
  dataFlowKernel: `closure of dataFlowKernel › dataFlowKernel cannot travel: ${onKernel}`,
  kernel:
    'closure of kernel › kernel cannot travel: it is the kernel, which stays in the program; use joinApp to call apps from an app',
  future: 'closure of future › future cannot travel: it is a future; pass it as an argument',
  dataFuture: 'closure of dataFuture › made cannot travel: it is a future; pass it as an argument',
  promise: 'closure of promise › promise cannot travel: it is a promise; await it first, or pass it as an argument',
  config: `closure of config › config › executors › 0 cannot travel: ${configuration}`,
  inProcessExecutor: `closure of inProcessExecutor › inProcessExecutor cannot travel: ${configuration}`,
  localStaging: `closure of localStaging › localStaging cannot travel: ${configuration}`,
  asCompleted:
    'closure of asCompleted › asCompleted cannot travel: it takes futures, which stay in the program; pass those as arguments',
  evidenceOf:
    "closure of evidenceOf › evidenceOf cannot travel: it tells what the program knows of a task; read error[Symbol.for('parsl.task')]",
  namespace: `closure of namespace › parsl › load cannot travel: ${onKernel}`,
  required: `closure of required › required › dfk cannot travel: ${onKernel}`,
  argument: '0 cannot travel: it is a future; pass it as an argument',
  list: 'made cannot travel: it is a future; pass it as an argument',
  executor: `executors › 0 cannot travel: ${configuration}`,
}
const messages = Object.fromEntries(Object.entries(refused).map(([name, message]) => [name, `app › ${message}`]))

/** Where the packages are, for programs that import them. */
const layouts = {
  'linked into a workspace': async () => import.meta.dirname,
  'installed in node_modules': async () => {
    const folder = await scratch()
    install(folder)
    return folder
  },
}

describe.each(Object.entries(layouts))('what @parsl/core exports, %s', (_, layout) => {
  it('is used in bodies by a worker that does not load it', async () => {
    expect(run(await layout(), 'travels.ts')).toMatchObject(arrived)
  })

  it('stays where it would mean nothing elsewhere, and says what to do', async () => {
    expect(run(await layout(), 'stays.ts', await scratch())).toEqual(messages)
  })
})
