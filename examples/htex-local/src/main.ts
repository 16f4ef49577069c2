import { bashApp, type DataFile, isParslError, jsApp, load, output, sh, task } from '@parsl/core'
import { highThroughputExecutor } from '@parsl/executor-htex'
import { localProvider } from '@parsl/provider-local'
import { readFile } from 'node:fs/promises'

const htex = highThroughputExecutor({
  // On a cluster this is its provider; everything else stays.
  provider: localProvider(),
  blocks: { init: 1, max: 1 },
  coresPerWorker: 0.5,
  maxWorkersPerNode: 2,
})

const isPrime = (n: number): boolean => {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return n > 1
}
const countPrimes = jsApp((from: number, to: number) => {
  let count = 0
  for (let n = from; n < to; n++) if (isPrime(n)) count++
  return count
})
const write = bashApp((counts: readonly number[], table: DataFile) => sh`printf '%s\n' ${counts} | sort -n > ${table}`)
const largest = jsApp(async (table: DataFile) => Number((await readFile(table.path, 'utf8')).trim().split('\n').at(-1)))
const loop = jsApp(
  () => {
    for (;;);
  },
  { walltime: '200ms' },
)
const onceMore = jsApp(
  () => {
    if (task().attempt === 0) process.kill(process.pid, 'SIGKILL')
    return task().attempt
  },
  { name: 'onceMore' },
)

await load({ executors: [htex], runDir: 'runinfo', progress: false }, async () => {
  const counts = Array.from({ length: 8 }, (_, part) => countPrimes(part * 10_000, (part + 1) * 10_000))
  console.log('primes in each ten thousand:', (await Promise.all(counts)).join(', '))
  const [table] = write(counts, output('runinfo/primes.txt')).outputs
  console.log('the largest of them:', await largest(table))

  const [manager] = await htex.connectedManagers()
  console.log(`block ${manager?.block} has a manager with ${manager?.workers} workers`)

  await loop().catch((error: unknown) => {
    if (isParslError(error)) console.log('a loop without end:', error.code)
  })
  console.log('a worker that was killed: its task was well at attempt', await onceMore())
})
