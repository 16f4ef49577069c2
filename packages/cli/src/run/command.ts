import { Command } from 'commander'
import { existingFile } from '../existing-file.js'
import { failure } from '../failure.js'

interface Options {
  readonly config?: string
}

/** What Node is told: frames of compiled code shall name the lines that people wrote. */
const nodeArgs = (program: string, args: readonly string[]): string[] => [
  process.execPath,
  ...process.execArgv,
  '--enable-source-maps',
  program,
  ...args,
]

/** The program takes the place of this process: its signals, its exit code and its terminal are its own. */
const run = async (file: string, args: readonly string[], { config }: Options): Promise<void> => {
  const program = await existingFile(file, 'the program')
  const env =
    config === undefined
      ? process.env
      : { ...process.env, PARSL_CONFIG: await existingFile(config, 'the configuration') }
  if (!process.execve)
    throw failure('this system cannot replace a process; start the program with node, and set PARSL_CONFIG')
  process.execve(process.execPath, nodeArgs(program, args), env)
}

/** `parsl run`: a program, on a configuration of choice. */
export const runFileCommand = (): Command =>
  new Command('run')
    .summary('run a program, on a configuration of choice')
    .description(
      'Runs a JavaScript or TypeScript program with the Node that runs this command. What follows FILE is for the program.',
    )
    .argument('<file>', 'the program')
    .argument('[args...]', 'its arguments')
    .option('--config <file>', 'configuration for each load() that is given none; see PARSL_CONFIG')
    .passThroughOptions()
    .action(run)
