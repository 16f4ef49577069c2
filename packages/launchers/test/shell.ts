import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What a shell made of a text. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Shells of this machine that are asked: the plain one, and the one of batch scripts. */
export const shells: readonly string[] = ['/bin/sh', '/bin/bash'].filter((path) => existsSync(path))

export const run = (shell: string, text: string): Ran => {
  const { status, stdout, stderr } = spawnSync(shell, ['-c', text], { encoding: 'utf8', timeout: 30_000 })
  return { code: status, stdout, stderr }
}

/** Throws where the text is no script. */
export const checkSyntax = (shell: string, text: string): void => void execFileSync(shell, ['-n', '-c', text])

/** Commands that are easily spoiled by quoting. */
export const COMMANDS: Readonly<Record<string, readonly [command: string, prints: string]>> = {
  'of plain words': ['echo one two', 'one two\n'],
  'with quotes of both kinds': [`printf '%s\\n' "it's" '"so"'`, `it's\n"so"\n`],
  'with variables': ['word=late; echo "$word $((1 + 1))"', 'late 2\n'],
  'of several lines': ['for n in 1 2\ndo\n  echo "$n"\ndone', '1\n2\n'],
  'with a here-document': ['cat <<EOF\n$((6 * 7)) `echo ok`\nEOF', '42 ok\n'],
  'with a comment at its end': ['echo said # and no more', 'said\n'],
  'with a pipe and a list': ['echo b a | tr " " "\\n" | sort && echo end', 'a\nb\nend\n'],
}
