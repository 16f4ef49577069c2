import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Guardian } from '@parsl/interfaces'

/**
 * A small shell that outlives the manager by a moment: when its input ends, it kills the process groups that it was told of, then whatever has the
 * manager's name in its environment, and removes the manager's folder and those that bodies made for themselves. Workers that compute without pause do not see that their manager is gone.
 */
const SCRIPT = `trap '' HUP INT TERM
live=' '
paths=''
while read -r op id; do
  case $op in
    +) live="$live$id " ;;
    p) paths="$paths$id
" ;;
    -) case $live in *" $id "*) live="\${live%%" $id "*} \${live#*" $id "}" ;; esac ;;
  esac
done
for id in $live; do kill -s KILL -- "-$id" 2>/dev/null; done
quiet=0
for round in 1 2 3 4 5 6 7 8 9 10; do
  found=$(grep -lzsx "PARSL_WORKER_POOL_ID=$1" /proc/[0-9]*/environ 2>/dev/null)
  if [ -z "$found" ]; then quiet=$((quiet + 1)); else quiet=0; fi
  if [ $quiet -ge 2 ]; then break; fi
  for file in $found; do pid=\${file#/proc/}; kill -s KILL "\${pid%/environ}" 2>/dev/null; done
  sleep 0.05
done
printf %s "$paths$2
" | while IFS= read -r path; do rm -rf -- "$path"; done
`
const FAREWELL_MS = 5_000
/** A shell that ends again and again will not stay either. */
const MOST_STARTS = 5

/** Ends what a manager leaves, however it ends. */
export interface Keeper {
  readonly guardian: Guardian
  /** Ends all that is left now; resolves when it is done. */
  close(): Promise<void>
}

const spawnShell = (manager: string, dir: string): ChildProcess => {
  const { PARSL_WORKER_POOL_ID: _outer, ...env } = process.env
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'parsl-keeper', manager, dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env,
  })
  child.stdin?.on('error', () => {})
  child.on('error', () => {})
  child.unref()
  return child
}

const dismiss = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const timer = setTimeout(() => child.kill('SIGKILL'), FAREWELL_MS)
  child.ref()
  child.stdin?.end()
  await once(child, 'exit')
  clearTimeout(timer)
}

/**
 * @param manager the name that all processes of the manager have in their environment
 * @param dir the manager's own folder, removed at the end
 */
export const newKeeper = (manager: string, dir: string): Keeper => {
  const watched = new Set<string>()
  let isClosing = false
  let starts = 0
  const start = (): ChildProcess => {
    const shell = spawnShell(manager, dir)
    // Somebody ended it.
    shell.once('exit', () => {
      if (!isClosing && ++starts < MOST_STARTS) child = start()
    })
    for (const line of watched) shell.stdin?.write(line)
    return shell
  }
  let child = start()
  const watch = (line: string, forget: string): (() => void) => {
    watched.add(line)
    child.stdin?.write(line)
    return () => {
      watched.delete(line)
      child.stdin?.write(forget)
    }
  }
  return {
    guardian: {
      mark: () => ({}),
      processGroup: (pgid) => watch(`+ ${pgid}\n`, `- ${pgid}\n`),
      command: () => () => {},
      // Rare, and named so that no other will have the name: none is taken back.
      path: (path) => watch(`p ${path}\n`, ''),
    },
    close: () => {
      isClosing = true
      return dismiss(child)
    },
  }
}
