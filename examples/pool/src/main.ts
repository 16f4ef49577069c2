// The pool: functions in parallel that are no apps.
import { jsApp } from '@parsl/core'
import { parslPoolExecutor } from '@parsl/core/concurrent'

const isPrime = (n: number): boolean => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false
  return n > 1
}

const primesIn = (from: number, to: number): number[] => {
  const found: number[] = []
  for (let n = from; n < to; n++) if (isPrime(n)) found.push(n)
  return found
}

const naturals = function* () {
  for (let n = 1; ; n++) yield n
}

await parslPoolExecutor({ config: {} }, async (pool) => {
  // A new function each time round: it takes along what it closes over.
  const futures = []
  for (let part = 0; part < 8; part++) {
    const from = part * 10_000
    futures.push(pool.submit(() => primesIn(from, from + 10_000).length))
  }
  const counts = await Promise.all(futures)
  console.log(`primes in each ten thousand: ${counts.join(', ')}`)

  // Futures go into further calls, and to apps and back.
  const total = pool.submit((list: readonly number[]) => list.reduce((a, b) => a + b, 0), futures)
  const words = jsApp((n: number) => `${n} primes below 80000`)
  console.log(await pool.submit((text: string) => text.toUpperCase(), words(total)))

  // Many small calls: a hundred in one task. The source has no end, and the loop is left; what is left is cancelled.
  const answers = pool.map((n: number) => [n, isPrime(n)] as const, naturals(), { chunksize: 100, buffersize: 8 })
  for await (const [n, prime] of answers) {
    if (!prime || n < 1_000) continue
    console.log(`the first prime above a thousand: ${n}`)
    break
  }

  // A failed call throws at its place.
  const root = (n: number): number => {
    if (n < 0) throw new RangeError(`no root of ${n}`)
    return Math.sqrt(n)
  }
  try {
    for await (const value of pool.map(root, [1, 4, -9, 16])) console.log(value)
  } catch (error) {
    console.log(String(error))
  }
})
