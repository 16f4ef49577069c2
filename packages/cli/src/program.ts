import { createRequire } from 'node:module'
import { Command } from 'commander'
import { checkpointCommand } from './checkpoint/command.js'
import { endOf } from './failure.js'
import { logsCommand } from './logs/command.js'
import { complain } from './output.js'
import { perfCommand } from './perf/command.js'
import { runFileCommand } from './run/command.js'
import { runsCommand } from './runs/command.js'

const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string }

const AFTER = `
Exit codes: 0 all went well, 1 it failed, 2 the command line is wrong.
parsl COMMAND --help tells more of each command.`

const parslCommand = (): Command => {
  const parsl = new Command('parsl')
    .description('Runs Parsl programs, and tells what their runs did')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .addHelpText('after', AFTER)
  for (const command of [runFileCommand(), runsCommand(), logsCommand(), checkpointCommand(), perfCommand(version)])
    parsl.addCommand(command)
  for (const command of [parsl, ...parsl.commands, ...parsl.commands.flatMap(({ commands }) => commands)]) {
    command
      .helpOption('-h, --help', 'print this help')
      .exitOverride()
      .configureOutput({ outputError: (text) => complain(text.replace(/^error: /, '').trimEnd()) })
  }
  return parsl
}

/** Runs the command that these words ask for. Gives the exit code. */
export const runCommand = async (words: readonly string[]): Promise<number> => {
  try {
    await parslCommand().parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    const { exitCode, message } = endOf(error)
    if (message !== undefined) complain(message)
    return exitCode
  }
}
