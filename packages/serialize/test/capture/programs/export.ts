// Captures the export `task` of a file; prints it as a message that holds its codes, in base64.
import { pathToFileURL } from 'node:url'
import { createFunctions, encodeValue } from '@parsl/serialize'

const { task } = (await import(pathToFileURL(process.argv[2] as string).href)) as { task: unknown }
const bytes = encodeValue([task], { functions: createFunctions().encoder() })
process.stdout.write(JSON.stringify(Buffer.from(bytes).toString('base64')))
