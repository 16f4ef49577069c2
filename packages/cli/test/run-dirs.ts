import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunRecord } from '@parsl/core/runs'
import { TASK_STATES, type TaskState } from '@parsl/interfaces'

/** Counts of a run: those that are named, and 0 of the others. */
export const counts = (some: Partial<Record<TaskState, number>>): Record<TaskState, number> => ({
  ...(Object.fromEntries(TASK_STATES.map((state) => [state, 0])) as Record<TaskState, number>),
  ...some,
})

/** Writes a run directory as a run of 2026 on a machine that is not this one left it. */
export const writeRun = async (
  dir: string,
  {
    log = [],
    ...record
  }: Partial<Omit<RunRecord, 'log'>> & { readonly level?: RunRecord['log']; readonly log?: readonly object[] },
): Promise<void> => {
  const { level = 'info', ...rest } = record
  const whole = {
    format: 1,
    runId: 'b5a2',
    startedAt: '2026-11-20T18:00:00.000Z',
    host: 'elsewhere',
    pid: 4_242,
    processStart: 'boot 1',
    command: ['/home/me/work/align.ts', 'reads.fq'],
    cwd: '/home/me/work',
    node: 'v24.0.0',
    parsl: '1.2.3',
    executors: ['processes'],
    log: level,
    ...rest,
  }
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'run.json'), JSON.stringify(whole))
  if (level !== 'none' && level !== 'own')
    await writeFile(
      join(dir, 'parsl.log'),
      log.map((line) => `${JSON.stringify({ level: 30, time: 1_795_197_600_000, ...line })}\n`).join(''),
    )
}

/** Written by a machine that has our name, so that its processes are looked for, and are gone. */
export const KILLED = { host: (await import('node:os')).hostname(), processStart: 'an earlier boot' } as const
