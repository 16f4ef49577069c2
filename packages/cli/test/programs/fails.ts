// Tasks that fail in several ways; with the argument `hang`, it then waits for ever.
import { bashApp, jsApp, load, sh, task } from '@parsl/core'

const boom = jsApp(
  (n: number) => {
    task().log.info({ n }, 'about to fail')
    throw new RangeError(`boom ${n}`, { cause: new TypeError('inner') })
  },
  { name: 'boom', retries: 1 },
)
const noisy = bashApp(() => sh`echo to stdout; echo to stderr >&2; exit 3`, { name: 'noisy', retries: 1 })
const named = bashApp(() => sh`printf 'no newline'; exit 4`, {
  name: 'named',
  stdout: 'out/named.txt',
  stderr: 'ignore',
})
const after = jsApp((value: unknown) => value, { name: 'after' })
const fine = jsApp(() => 'fine', { name: 'fine' })
const waits = bashApp(() => sh`echo under way; sleep 300`, { name: 'waits' })

await load({ log: process.argv[2] === 'debug' ? 'debug' : 'info', progress: false }, async () => {
  const first = boom(1)
  await Promise.allSettled([first, noisy(), named(), after(first), fine()])
  if (process.argv[3] === 'hang') await waits()
})
