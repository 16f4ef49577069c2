// Says what a program sees of how it was started; ends as its first argument asks.
import { jsApp, load } from '@parsl/core'

const [end = ''] = process.argv.slice(2)
if (end === 'load') {
  const label = await load(async (kernel) => {
    await jsApp(() => 1)()
    return [...kernel.executors.keys()].join()
  })
  console.log(label)
} else if (end === 'load-own') {
  await load({ progress: false }, () => 1)
  console.log('loaded')
} else if (end === 'wait') {
  process.on('SIGUSR1', () => console.log('SIGUSR1'))
  const timer = setInterval(() => {}, 60_000)
  process.on('SIGUSR2', () => clearInterval(timer))
  console.log(`waiting ${process.pid}`)
} else if (end === 'throw') {
  throw new Error('as asked')
} else if (end === 'read') {
  for await (const text of process.stdin) process.stdout.write(String(text).toUpperCase())
} else {
  console.log(JSON.stringify(process.argv.slice(2)))
  process.exitCode = 5
}
