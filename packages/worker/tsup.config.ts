import { readFileSync } from 'node:fs'
import { packageBuild } from '../../tsup.base.js'

// The first build makes the program of workers, which this one carries as text.
export default packageBuild({
  clean: false,
  define: { WORKER_PROGRAM: JSON.stringify(readFileSync('dist/worker-program.js', 'utf8')) },
})
