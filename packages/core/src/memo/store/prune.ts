import { dirname } from 'node:path'
import {
  BadCheckpoint,
  type Checks,
  complaintsAbout,
  ConfigurationError,
  type Duration,
  isBoolean,
  isCount,
  isDuration,
  isParslError,
  isText,
  parseDuration,
  stays,
} from '@parsl/interfaces'
import { withFile } from './checkpoint-file.js'
import { removeEmpty, removeLeftovers } from './leftovers.js'
import { checkpointFolders, getAllCheckpoints, RUN_DIR } from './places.js'
import { type Condition, type FilePlan, planFile } from './prune-plan.js'
import { plannedSize, remove, rewrite } from './rewrite.js'
import { type Survey, survey, type Surveyed, type Unread, withSame } from './survey.js'

/** What to drop beside results that a later run, or the same, has again. Where several are given, an entry must meet all of them. */
export interface PruneOptions {
  /** @defaultValue `'runinfo'` */
  readonly runDir?: string
  /** Drops what was remembered longer ago than this. */
  readonly olderThan?: Duration
  /** Drops results of this app. */
  readonly app?: string
  /** Drops results of all but so many runs, the latest that have a checkpoint. */
  readonly keepRuns?: number
  /** Only reports what would be done. @defaultValue false */
  readonly dryRun?: boolean
  /** Takes a file for finished whose writer may live where it cannot be seen: on another host, or in another container. @defaultValue false */
  readonly assumeEnded?: boolean
}

/** What became of one file. */
export interface PrunedFile {
  readonly path: string
  /** `skipped`: it was left alone, for the `reason`. */
  readonly outcome: 'unchanged' | 'rewritten' | 'removed' | 'skipped'
  readonly reason?: string
  readonly kept: number
  readonly dropped: number
  readonly bytesFreed: number
}

/** What pruning did, or would do. Entries of files that were skipped are in none of the sums. */
export interface PruneReport {
  readonly files: readonly PrunedFile[]
  readonly kept: number
  readonly dropped: number
  readonly bytesFreed: number
  /** Damage that was come upon, in words. */
  readonly problems: readonly string[]
}

const CHECKS: Checks<PruneOptions> = {
  runDir: isText,
  olderThan: isDuration,
  app: isText,
  keepRuns: isCount,
  dryRun: isBoolean,
  assumeEnded: isBoolean,
}

const skipped = ({ path, reason }: Unread): PrunedFile => ({
  path,
  outcome: 'skipped',
  reason,
  kept: 0,
  dropped: 0,
  bytesFreed: 0,
})

/** Whether anything of the file has to go. What is empty goes too, but what is damaged stays for whoever wants to look. */
const outcomeOf = ({ kept, dropped }: FilePlan, { problems }: Surveyed): PrunedFile['outcome'] => {
  if (dropped > 0) return kept === 0 ? 'removed' : 'rewritten'
  return kept === 0 && problems.lines().length === 0 ? 'removed' : 'unchanged'
}

/** What pruning does, decided for one file. */
interface Planned {
  readonly old: Surveyed
  readonly plan: FilePlan
  readonly outcome: PrunedFile['outcome']
}

const bytesLeft = async ({ old, plan, outcome }: Planned): Promise<number> => {
  if (outcome === 'removed') return 0
  return outcome === 'rewritten' ? plannedSize(plan) : old.size
}

/** Does what was decided. False where another process was faster. */
const perform = async ({ old, plan, outcome }: Planned): Promise<boolean> => {
  if (outcome === 'removed') return remove(old)
  return outcome !== 'rewritten' || ((await withSame(old, (file) => rewrite(plan, old, file))) ?? false)
}

const CHANGED = 'it changed while it was pruned; try again'

const planAll = async (found: Survey, condition: Condition): Promise<readonly (Planned | PrunedFile)[]> => {
  const all: (Planned | PrunedFile)[] = []
  for (const old of found.files) {
    const { number, path, skip } = old
    const rule = { number, newest: found.newest, condition }
    const plan = skip === undefined ? await withSame(old, (file) => planFile(file, rule)) : undefined
    all.push(plan ? { old, plan, outcome: outcomeOf(plan, old) } : skipped({ path, reason: skip ?? CHANGED }))
  }
  return all
}

/** What supersedes another result must be on the disk before that one goes. */
const syncAll = async (files: readonly Surveyed[]): Promise<void> => {
  for (const { dir, path, inode } of files)
    await withFile(dir, async ({ handle }) => {
      if ((await handle.stat()).ino !== inode) throw new BadCheckpoint(path, CHANGED)
      await handle.datasync()
    })
}

const finish = async (planned: Planned, isDry: boolean): Promise<PrunedFile> => {
  const { old, plan, outcome } = planned
  const { path, size } = old
  const bytesFreed = size - (await bytesLeft(planned))
  if (!isDry && !(await perform(planned))) return skipped({ path, reason: CHANGED })
  return { path, outcome, kept: plan.kept, dropped: plan.dropped, bytesFreed }
}

const pruneAll = async (found: Survey, condition: Condition, isDry: boolean): Promise<readonly PrunedFile[]> => {
  const all = await planAll(found, condition)
  if (!isDry && all.some((one) => 'plan' in one && one.plan.dropped > 0)) await syncAll(found.files)
  const done: PrunedFile[] = found.unread.map(skipped)
  for (const one of all) done.push('plan' in one ? await finish(one, isDry) : one)
  return done
}

const conditionOf = ({ olderThan, app, keepRuns }: PruneOptions, runs: number): Condition => ({
  before: olderThan === undefined ? undefined : Date.now() - parseDuration(olderThan),
  app,
  fromFile: keepRuns === undefined ? undefined : runs - keepRuns,
})

const sum = (files: readonly PrunedFile[], of: 'kept' | 'dropped' | 'bytesFreed'): number =>
  files.reduce((total, file) => total + file[of], 0)

const reportOf = (files: readonly PrunedFile[], found: Survey): PruneReport => ({
  files,
  kept: sum(files, 'kept'),
  dropped: sum(files, 'dropped'),
  bytesFreed: sum(files, 'bytesFreed'),
  problems: found.files.flatMap(({ problems }) => problems.lines()),
})

/**
 * Makes checkpoints smaller: drops what a later result of the same key has superseded, and what the options name. Each file is replaced as a whole, so
 * wherever this is interrupted, every result that should stay is there. A file that is written now is left alone; so is one of another version.
 * @throws ConfigurationError `PARSL_CONFIG` where an option is wrong.
 * @throws BadCheckpoint `PARSL_CHECKPOINT` where a file cannot be read or replaced.
 */
export const pruneCheckpoints = async (options: PruneOptions = {}): Promise<PruneReport> => {
  const complaints = complaintsAbout(options, CHECKS, 'pruneCheckpoints')
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  const { runDir = RUN_DIR, dryRun = false, assumeEnded = false } = options
  const folders = await checkpointFolders(runDir)
  if (!dryRun) for (const folder of folders) await removeLeftovers(folder, assumeEnded)
  const dirs = await getAllCheckpoints(runDir)
  const found = await survey(dirs, assumeEnded)
  const files = await pruneAll(found, conditionOf(options, dirs.length), dryRun).catch((cause: unknown) => {
    if (isParslError(cause)) throw cause
    throw new BadCheckpoint(runDir, `it cannot be pruned: ${(cause as Error).message}`, { cause })
  })
  if (!dryRun) for (const folder of folders) await removeEmpty(folder)
  const placeOf = ({ path }: PrunedFile): number => dirs.indexOf(dirname(path))
  return reportOf(
    files.toSorted((a, b) => placeOf(a) - placeOf(b)),
    found,
  )
}

stays('it prunes checkpoints, which lie where the program runs; call it outside of a body', pruneCheckpoints)
