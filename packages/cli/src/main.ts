#!/usr/bin/env node
import { endQuietlyOnBrokenPipe } from './output.js'
import { runCommand } from './program.js'

endQuietlyOnBrokenPipe()
process.exitCode = await runCommand(process.argv.slice(2))
