import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const programs = join(import.meta.dirname, 'programs')

interface Started {
  readonly input?: string
  readonly node?: readonly string[]
}

/** Runs one of the programs beside this file and reads the JSON that it prints. */
export const program = (
  [name, ...args]: readonly [string, ...string[]],
  { input = '', node = [] }: Started = {},
): unknown =>
  JSON.parse(
    execFileSync(process.execPath, [...node, join(programs, name), ...args], {
      input,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        PARSL_RUNNER: join(programs, 'run.ts'),
        PARSL_SOURCES: join(import.meta.dirname, 'corpus'),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
