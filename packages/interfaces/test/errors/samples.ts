import type { KnownError } from '../../src/errors/is-parsl-error.ts'
import * as errors from '../../src/index.ts'

const cause = new Error('permission denied')

/** One error of each class that is exported. */
export const samples = (): readonly KnownError[] => [
  new errors.AppBadFormatting(0, 'undefined', 'cat ${...}'),
  new errors.AppException('align', 'it broke'),
  new errors.AppStalled('align', 'a promise'),
  new errors.AppTimeout({ app: 'align', limit: 'walltime', limitMs: 1_500 }),
  new errors.BadStdStreamFile('stdout', '/data/out', { cause }),
  new errors.BashAppNoReturn('align', 'undefined'),
  new errors.BashExitFailure({
    app: 'align',
    exitCode: 2,
    signal: null,
    command: 'false',
    stdout: undefined,
    stderr: undefined,
    stderrTail: '',
  }),
  new errors.NotInTask(),
  new errors.MissingOutputs('align', ['/data/a', '/data/b']),
  new errors.AlreadyLoadedError({ runDir: 'runinfo/000' }),
  new errors.ConfigurationError(['a.b must be text']),
  new errors.InternalConsistencyError('task 3 ended twice'),
  new errors.NoDataFlowKernelError('app align'),
  new errors.OptionalModuleMissing(['x', 'y'], 'the dashboard'),
  new errors.RunDirError('/data', { cause }),
  new errors.MissingInputs('align', ['/data/a']),
  new errors.StagingError('https://host/a', 'no answer', { cause }),
  new errors.CyclicWait([
    { id: 1, app: 'a' },
    { id: 2, app: 'b' },
    { id: 1, app: 'a' },
  ]),
  new errors.DependencyError(7, [{ what: 'task 3 (b)', error: cause }]),
  new errors.JoinError(7, [{ what: 'task 3 (b)', error: cause }]),
  new errors.TaskCancelled({ app: 'align', taskId: 7 }, 'its kernel closed', { cause }),
  new errors.BadStateException('htex', { cause }),
  new errors.ExecutorError('htex', 'no answer', { cause }),
  new errors.InvalidResourceSpecification('htex', ['gpus', 'disk'], 'it counts cores only'),
  new errors.ScalingFailed('htex', 'no answer', { cause }),
  new errors.TooManyJobFailuresError('htex', ['1', '2'], 'block 1: exit code 1\nblock 2: exit code 1'),
  new errors.UnknownExecutor('htx', ['htex', 'threads'], ': did you mean "htex"?'),
  new errors.UnsupportedFeatureError('threads', 'scaling', 'use htex'),
  new errors.ScaleOutFailed('slurm', 'no quota', { cause }),
  new errors.ScriptPathError('/data/a.sh', { cause }),
  new errors.SubmitException({ provider: 'slurm', jobName: 'parsl.1', exitCode: 1, stdout: '', stderr: 'bad queue' }),
  new errors.DeserializationError('version 9', { cause }),
  new errors.SerializationError('closure of align › db', 'a socket', { cause }),
]
