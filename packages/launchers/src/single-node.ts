import { complaintsAbout, ConfigurationError, isBoolean, type Launcher, staysAsConfiguration } from '@parsl/interfaces'

/** Options of {@link singleNodeLauncher}. */
export interface SingleNodeLauncherOptions {
  /** Whether one copy that fails makes the block fail, rather than all of them. @defaultValue false */
  readonly failOnAny?: boolean
}

// In a subshell, so that its `exit` ends this text and not the script that it stands in.
const script = (command: string, count: number, failures: number): string => `(
CORES=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc)
WORKERCOUNT=${count}
export CORES WORKERCOUNT
pids=''
started=0
while [ "$started" -lt ${count} ]; do
  (
${command}
  ) &
  pids="$pids $!"
  started=$((started + 1))
done
failed=0
code=0
for pid in $pids; do
  wait "$pid" || { code=$?; failed=$((failed + 1)); }
done
[ "$failed" -lt ${failures} ] || exit "$code"
)`

/**
 * Starts as many copies of the command as the block has tasks, all on its first node, and waits for every one. It fails with the exit code of the last
 * copy that failed when all of them did, or with `failOnAny` when one did. The copies have `CORES` (of the node) and `WORKERCOUNT` in their environment.
 * @throws ConfigurationError `PARSL_CONFIG`
 */
export const singleNodeLauncher = (options: SingleNodeLauncherOptions = {}): Launcher => {
  const complaints = complaintsAbout<SingleNodeLauncherOptions>(options, { failOnAny: isBoolean }, 'singleNodeLauncher')
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  const { failOnAny = false } = options
  return staysAsConfiguration((command, { nodes, tasksPerNode }) => {
    const count = nodes * tasksPerNode
    return script(command, count, failOnAny ? 1 : count)
  })
}

staysAsConfiguration(singleNodeLauncher)
