import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const programs = join(import.meta.dirname, 'programs')

/** Runs one of the programs beside this file and reads the JSON that it prints. */
export const program = ([name, ...args]: readonly [string, ...string[]]): unknown =>
  JSON.parse(
    execFileSync(process.execPath, [join(programs, name), ...args], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        PARSL_RUNNER: join(programs, 'run.ts'),
        PARSL_SOURCES: join(import.meta.dirname, 'corpus'),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
