// Prints the identity of the export `task` of a file.
import { pathToFileURL } from 'node:url'
import { createFunctions } from '@parsl/serialize'

const { task } = (await import(pathToFileURL(process.argv[2] as string).href)) as { task: unknown }
process.stdout.write(JSON.stringify(createFunctions().identityOf(task)))
