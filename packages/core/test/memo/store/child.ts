import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A program of `test/programs` that runs the sources as they are. */
export interface Child extends AsyncDisposable {
  readonly pid: number
  /** What it said so far. */
  readonly lines: readonly string[]
  /** Resolves with its signal or exit code, when all it said is there. */
  readonly ended: Promise<NodeJS.Signals | number>
  kill(): void
  write(line: string): void
  errorText(): string
}

/** Starts one; `wrapper` is a shell command that runs `"$@"`. */
export const startChild = (program: string, args: readonly string[], wrapper = 'exec "$@"'): Child => {
  const path = join(import.meta.dirname, `../../programs/${program}.ts`)
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', '--import', 'tsx', path, ...args]
  const child = spawn('bash', ['-c', wrapper, 'bash', ...command], { cwd: import.meta.dirname, stdio: 'pipe' })
  const lines: string[] = []
  let errors = ''
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  child.stdin.on('error', () => {})
  const ended = once(child, 'close').then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number)
  return {
    pid: child.pid as number,
    lines,
    ended,
    kill: () => void child.kill('SIGKILL'),
    write: (line) => void child.stdin.write(`${line}\n`),
    errorText: () => errors,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
