// Join apps: a body that calls other apps, even itself. How the work spreads is decided while it runs.
import { type AppFuture, joinApp, jsApp, load } from '@parsl/core'

const add = jsApp((a: number, b: number) => a + b)

// The annotation is TypeScript's price for a function that is made from itself.
const fibonacci = joinApp((n: number): AppFuture<number> | number =>
  n < 2 ? n : add(fibonacci(n - 1), fibonacci(n - 2)),
)

const divisors = jsApp((n: number) => {
  const smaller = Array.from({ length: n }, (_, index) => index + 1)
  return smaller.filter((candidate) => n % candidate === 0)
})
const square = jsApp((n: number) => n * n)

// How many calls of `square` there are, `divisors` finds out.
const squaresOfDivisors = joinApp(async (n: number) => {
  const found = await divisors(n)
  return { n, squares: found.map((divisor) => square(divisor)) }
})

await load(async (parsl) => {
  console.log(`fibonacci(10) = ${await fibonacci(10)}`)
  console.log(`tasks: ${parsl.taskCount}`)

  const { n, squares } = await squaresOfDivisors(12)
  console.log(`squares of the divisors of ${n}: ${squares.join(', ')}`)
})
