// Awaits a million times before and after a capture, and times captures; prints it as JSON.
import { Session } from 'node:inspector'
import { createFunctions, encodeValue } from '@parsl/serialize'

const ready = Promise.resolve()
const awaits = async (): Promise<number> => {
  const start = performance.now()
  for (let index = 0; index < 1_000_000; index += 1) await ready
  return performance.now() - start
}

// The Debugger domain must not be left on: it makes awaiting more than six times slower.
const posted: string[] = []
const post = Session.prototype.post as (...args: unknown[]) => void
Session.prototype.post = function (this: Session, ...args: unknown[]): void {
  posted.push(String(args[0]))
  post.apply(this, args)
}
const calls = (name: string): number => posted.filter((method) => method === `Debugger.${name}`).length

const functions = createFunctions()
const offset = 3
const first = (x: number): number => x + offset
const make =
  (n: number) =>
  (x: number): number =>
    x + n

const timed = (fn: unknown): number => {
  const start = performance.now()
  encodeValue(fn, { functions: functions.encoder() })
  return (performance.now() - start) * 1000
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] as number

await awaits()
const before = Math.min(await awaits(), await awaits())
const firstOfFile = timed(first)
timed(make(-1))
const closures = Array.from({ length: 2000 }, (_, n) => timed(make(n)))
const again = Array.from({ length: 2000 }, () => timed(first))
const after = Math.min(await awaits(), await awaits())
process.stdout.write(
  JSON.stringify({
    enabled: calls('enable'),
    disabled: calls('disable'),
    before,
    after,
    firstOfFile,
    newClosure: median(closures),
    seenBefore: median(again),
  }),
)
