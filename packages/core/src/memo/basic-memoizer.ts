import { join } from 'node:path'
import {
  type Check,
  complaintsAbout,
  ConfigurationError,
  type Duration,
  durationMs,
  isBoolean,
  isListOf,
  isOneOf,
  isPositiveDuration,
  isText,
  type MemoCall,
  type Memoizer,
  type MemoizerContext,
  type RunningMemoizer,
  staysAsConfiguration,
} from '@parsl/interfaces'
import { programFunctions } from '@parsl/worker'
import { newClasses } from './classes.js'
import { type FileRule, newFileStates } from './file-state.js'
import { newKeys } from './key.js'
import { newKeptOutputs } from './kept-outputs.js'
import { Memory } from './memory.js'
import { type CheckpointMode, newRecording, type Recording } from './recording.js'
import { newResults } from './results.js'
import type { Durability } from './store/create.js'
import { type CheckpointReader, openCheckpoints } from './store/open.js'
import type { KeyFunctions } from './stand-ins.js'
import { getAllCheckpoints } from './store/places.js'

/** Options of {@link basicMemoizer}. */
export interface BasicMemoizerOptions {
  /** `false` looks nothing up and remembers nothing, whatever apps ask for. @defaultValue true */
  readonly memoize?: boolean
  /**
   * When results are written to the checkpoint of this run, for runs after it: `'taskExit'` before the future of each settles, `'periodic'`, `'dfkExit'` when the
   * kernel closes, `'manual'` when `kernel.checkpoint()` is called. What waits is always written at close.
   * @defaultValue none: results are forgotten when the kernel closes
   */
  readonly checkpointMode?: CheckpointMode
  /** Between two writings. Needed for `'periodic'`, and only for that. */
  readonly checkpointPeriod?: Duration
  /** Checkpoint folders of earlier runs whose results are taken. @defaultValue with a mode, all below the folder of runs; without, none */
  readonly checkpointFiles?: readonly string[]
  /** What a written result survives: `'process'`, the end of this program, `kill -9` included; `'power'`, that of the machine too, for a sync each time. @defaultValue 'process' */
  readonly durability?: Durability
  /** Remember failures of bodies as well, until the kernel closes. @defaultValue false */
  readonly exceptions?: boolean
  /** By what files are known again: by what is in them, or by size and time of writing, without reading them. @defaultValue 'content' */
  readonly files?: FileRule
  /** Keep a copy of each output file, and bring it back where the file is gone or has changed. @defaultValue false: the body runs again */
  readonly keepOutputs?: boolean
  /** By class, what an instance counts as: `new Map([[Matrix, (m: Matrix) => m.checksum]])`. */
  readonly keys?: KeyFunctions
}

const isKeys: Check = (value) =>
  value instanceof Map && [...value].every((pair) => pair.every((part) => typeof part === 'function'))
    ? undefined
    : 'a Map from classes to functions'

const CHECKS: { readonly [Key in keyof Required<BasicMemoizerOptions>]: Check } = {
  memoize: isBoolean,
  checkpointMode: isOneOf('taskExit', 'periodic', 'dfkExit', 'manual'),
  checkpointPeriod: isPositiveDuration,
  checkpointFiles: isListOf(isText),
  durability: isOneOf('process', 'power'),
  exceptions: isBoolean,
  files: isOneOf('content', 'sizeAndTime'),
  keepOutputs: isBoolean,
  keys: isKeys,
}

const contradictions = ({ memoize, checkpointMode, checkpointPeriod }: BasicMemoizerOptions): string[] => [
  ...(checkpointMode === 'periodic' && checkpointPeriod === undefined
    ? ["basicMemoizer.checkpointPeriod must be given for checkpointMode 'periodic', for example '30s'"]
    : []),
  ...(checkpointMode !== 'periodic' && checkpointPeriod !== undefined
    ? ["basicMemoizer.checkpointPeriod has no meaning without checkpointMode 'periodic'"]
    : []),
  ...(memoize === false && checkpointMode !== undefined
    ? ['basicMemoizer.checkpointMode has no meaning with memoize: false, which remembers nothing']
    : []),
]

const OFF: RunningMemoizer = {
  lookup: async ({ app }: MemoCall) => ({
    explain: async () => ({
      outcome: 'off',
      why: `${app} was not looked up: the memoizer has memoize: false`,
      key: undefined,
      nearest: undefined,
      differences: [],
    }),
  }),
  record: async () => {},
  close: async () => {},
}

/** Results of earlier runs. */
const openEarlier = async (
  { checkpointMode, checkpointFiles }: BasicMemoizerOptions,
  { baseDir, log }: MemoizerContext,
): Promise<CheckpointReader> => {
  const dirs = checkpointFiles ?? (checkpointMode === undefined ? [] : await getAllCheckpoints(baseDir))
  const reader = await openCheckpoints(dirs)
  for (const problem of reader.problems) log.warn({ problem }, 'a checkpoint is damaged; what is not is used')
  if (dirs.length > 0) log.info({ checkpoints: dirs, results: reader.entries }, 'results of earlier runs are there')
  return reader
}

const recordingOf = (options: BasicMemoizerOptions, context: MemoizerContext): Recording | undefined => {
  const { checkpointMode: mode, checkpointPeriod, durability = 'process' } = options
  return mode && newRecording({ ...context, mode, periodMs: durationMs(checkpointPeriod), durability })
}

const startMemory = async (options: BasicMemoizerOptions, context: MemoizerContext): Promise<RunningMemoizer> => {
  const { exceptions = false, keepOutputs = false, files = 'content', keys = new Map() } = options
  const functions = programFunctions()
  const states = newFileStates(files, () => context.clock.now())
  return new Memory({
    context,
    keys: newKeys({ functions, files: states, keys }),
    outputs: newKeptOutputs(states, keepOutputs ? join(context.baseDir, 'outputs') : undefined),
    results: newResults(functions),
    classesOf: newClasses(functions),
    reader: await openEarlier(options, context),
    recording: recordingOf(options, context),
    exceptions,
  })
}

/**
 * Remembers results of apps with `cache: true`: a call takes the result of an earlier one whose function, with all that it reaches, and whose arguments and input
 * files were equal. With a `checkpointMode` results outlive the program.
 * @throws ConfigurationError `PARSL_CONFIG` for bad options; `load()` throws BadCheckpoint `PARSL_CHECKPOINT` for a checkpoint that cannot be read
 */
export const basicMemoizer = (options: BasicMemoizerOptions = {}): Memoizer => {
  const complaints = complaintsAbout<BasicMemoizerOptions>(options, CHECKS, 'basicMemoizer')
  if (complaints.length === 0) complaints.push(...contradictions(options))
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  return staysAsConfiguration({
    name: 'basic',
    start: async (context) => (options.memoize === false ? OFF : startMemory(options, context)),
  })
}

staysAsConfiguration(basicMemoizer)
