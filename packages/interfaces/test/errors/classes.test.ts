import { describe, expect, it } from 'vitest'
import { ParslError } from '../../src/errors/parsl-error.ts'
import * as exported from '../../src/index.ts'
import { samples } from './samples.ts'

const classes = Object.entries(exported)
  .filter(([, value]) => typeof value === 'function' && value.prototype instanceof ParslError)
  .map(([name]) => name)

const messages: Readonly<Record<string, string>> = {
  AppBadFormatting: 'value 1 of sh`cat ${...}` is undefined: give text, a number, a file, or an array of those',
  AppException: 'app align: it broke',
  AppExited: 'app align called process.exit(3): a body ends by returning or throwing',
  AppOutOfMemory:
    "app align filled the heap of thread 1 (64 MiB): ask for more with resources: { memory: '8GiB' }, or hold less at once",
  AppStalled:
    'app align can never finish: it waits for a promise, and nothing is left on the event loop that could settle it',
  AppTimeout: 'app align exceeded its walltime of 1.5 s',
  BadStdStreamFile: 'cannot open /data/out for stdout: permission denied',
  BashAppNoReturn: 'bash app align must return a command (sh`...` or a string) and returned undefined',
  BashExitFailure: 'bash app align failed with exit code 2',
  NotInTask:
    'task() gives the task whose body is running, and here none is: call it in the body of an app, or in what the body calls',
  MissingOutputs: 'app align ended well but did not make /data/a, /data/b',
  AlreadyLoadedError:
    'a kernel is loaded already (run directory runinfo/000): close it first, or start a second one beside it with dataFlowKernel(config)',
  ConfigurationError: 'a.b must be text',
  InternalConsistencyError: 'task 3 ended twice',
  NoDataFlowKernelError: 'app align needs a kernel, and none is loaded: call load() first',
  OptionalModuleMissing: 'the dashboard needs x, y: add it with your package manager',
  RunDirError: 'cannot make a run directory in /data: permission denied. Set runDir to a folder you may write',
  MissingInputs: 'app align needs /data/a, which is not there',
  StagingError: 'cannot stage https://host/a: no answer',
  CyclicWait: 'tasks wait for each other in a circle: task 1 (a) waits for task 2 (b) waits for task 1 (a)',
  DependencyError: 'dependency failure for task 7: task 3 (b): Error: permission denied',
  JoinError: 'join failure for task 7: task 3 (b): Error: permission denied',
  TaskCancelled: 'task 7 (align) was cancelled: its kernel closed',
  BadStateException: 'executor htex cannot go on: permission denied',
  ExecutorError: 'executor htex failed: no answer',
  InvalidResourceSpecification: 'executor htex cannot take resources gpus, disk: it counts cores only',
  ScalingFailed: 'executor htex could not scale: no answer',
  TooManyJobFailuresError: 'executor htex lost 2 blocks:\nblock 1: exit code 1\nblock 2: exit code 1',
  UnknownExecutor: 'no executor is labelled "htx": did you mean "htex"?; there are htex, threads',
  WorkerLost: 'executor threads lost thread 1, which ended by SIGKILL',
  ManagerLost: 'executor htex lost manager m1 on node7, of block 2: nothing was heard for 120 s',
  InterchangeLost: 'the interchange of executor htex was ended by SIGKILL',
  VersionMismatch:
    'executor htex: the program has wire 2, the interchange has wire 1; install one version of @parsl/executor-htex for both',
  UnsupportedFeatureError: 'executor threads has no scaling: use htex',
  BadCheckpoint: 'cannot use the checkpoint /data/checkpoint: there is no such folder',
  ScaleOutFailed: 'slurm could not start a block: no quota',
  ScriptPathError: 'cannot write the job script /data/a.sh: permission denied',
  SubmitException: 'slurm refused job parsl.1 (exit code 1): bad queue',
  DeserializationError: 'cannot read what arrived: version 9',
  SerializationError: 'closure of align › db cannot travel: a socket',
}

describe('error classes', () => {
  it('each have a sample here', () => {
    expect(samples().map(({ constructor }) => constructor.name)).toEqual(expect.arrayContaining(classes))
    expect(samples()).toHaveLength(classes.length)
  })

  it('bear their own name', () => {
    for (const error of samples()) expect(error.name).toBe(error.constructor.name)
  })

  it('each have a code of their own', () => {
    const codes = samples().map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const code of codes) expect(code).toMatch(/^PARSL(_[A-Z]+)+$/)
  })

  it.each(samples().map((error) => [error.name, error] as const))('%s says what failed', (name, error) => {
    expect(error.message).toBe(messages[name])
  })

  it('keep the cause that they were given', () => {
    const caused = samples().filter((error) => error.message.includes('permission denied'))
    expect(caused.length).toBeGreaterThan(0)
    for (const { cause } of caused) expect(cause).toEqual(new Error('permission denied'))
  })
})
