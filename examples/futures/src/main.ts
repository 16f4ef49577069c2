// Futures: calls return at once; what gets a future as an argument waits for it.
import { asCompleted, jsApp, load } from '@parsl/core'

const square = jsApp((n: number) => n * n)
const add = jsApp((a: number, b: number) => a + b)
const mean = jsApp(({ title, numbers }: { title: string; numbers: number[] }) => ({
  title,
  mean: numbers.reduce((sum, number) => sum + number, 0) / numbers.length,
}))

await load(async () => {
  // A future given to another app is a dependency. Nothing waits here until the `await`.
  const three = square(3)
  const five = add(three, square(4))
  console.log(`3² + 4² = ${await five}, ${three.state}`)

  // Futures are found in arrays and objects too, however deep.
  const summary = mean({ title: 'squares of 1 to 4', numbers: [1, 2, 3, 4].map((n) => square(n)) })

  // `get` is a future of one property, before the value is there.
  const doubled = add(summary.get('mean'), summary.get('mean'))
  console.log(`mean of ${await summary.get('title')}: ${await summary.get('mean')}, twice that: ${await doubled}`)

  // `Promise.all` works as with any promise.
  const [a, b] = await Promise.all([square(5), square(6)])
  console.log(`all at once: ${a}, ${b}`)

  // `map` calls the app for each item, here with 2 calls under way at a time, and gives the values in order.
  for await (const value of square.map([8, 9, 10], { inFlight: 2 })) console.log(`in order: ${value}`)

  // `asCompleted` gives futures as they end, with their values or errors.
  const first = square(10)
  const second = add(first, first)
  const third = add(second, second)
  for await (const ended of asCompleted([third, second, first])) {
    console.log(ended.ok ? `ended: ${ended.value}` : `failed: ${String(ended.error)}`)
  }
})
