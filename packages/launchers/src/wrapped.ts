import { complaintsAbout, ConfigurationError, isText, type Launcher, staysAsConfiguration } from '@parsl/interfaces'
import { quoted } from './quote.js'

/** Options of {@link wrappedLauncher}. */
export interface WrappedLauncherOptions {
  /** Shell text that runs the command that follows it: `'apptainer exec image.sif'`, `'time'`, `'numactl --cpunodebind=0'`. */
  readonly prepend: string
}

/**
 * Runs the command once, on the block's first node, behind a text of yours: in a container, under a profiler. The command is handed over whole as
 * `/bin/sh -c '...'`, so that its every part runs there.
 * @throws ConfigurationError `PARSL_CONFIG`
 */
export const wrappedLauncher = (options: WrappedLauncherOptions): Launcher => {
  const complaints = complaintsAbout<WrappedLauncherOptions>(options, { prepend: isText }, 'wrappedLauncher')
  const hasPrepend = (options as Partial<WrappedLauncherOptions> | undefined)?.prepend !== undefined
  if (complaints.length === 0 && !hasPrepend)
    complaints.push('wrappedLauncher.prepend must be given: the text that runs the command')
  if (complaints.length > 0) throw new ConfigurationError(complaints)
  return staysAsConfiguration((command: string) => `${options.prepend} /bin/sh -c ${quoted(command)}`)
}

staysAsConfiguration(wrappedLauncher)
