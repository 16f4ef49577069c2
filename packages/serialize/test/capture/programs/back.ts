// Sends functions to another process and looks at what comes back; prints it as JSON.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { createFunctions, decodeValue, encodeValue } from '@parsl/serialize'

const where = (): string => 'here'
const functions = createFunctions({ intrinsics: new Map([['where', where]]) })

const elsewhere = (...task: readonly unknown[]): unknown => {
  const sent = Buffer.from(encodeValue(task, { functions: functions.encoder() })).toString('base64')
  const program = join(import.meta.dirname, 'there.ts')
  const back = execFileSync(process.execPath, [program], { input: sent, encoding: 'utf8' })
  return decodeValue(new Uint8Array(Buffer.from(back, 'base64')), { functions: functions.decoding() })
}

class Vector {
  static made = 0
  x: number
  constructor(x: number) {
    this.x = x
    Vector.made += 1
  }
  plus(other: Vector): Vector {
    return new Vector(this.x + other.x)
  }
}

let factor = 2
const scaled = (x: number): number => x * factor
const before = elsewhere(scaled, 10)
factor = 3
const after = elsewhere(scaled, 10)

const limits = { most: 5 }
const adder = (n: number) => (x: number) => Math.min(x + n, limits.most)
const addThree = elsewhere(adder, 3) as (x: number) => number
const sum = elsewhere((a: Vector, b: Vector) => a.plus(b), new Vector(1), new Vector(2))
const again = elsewhere(addThree, 1)
const countsHere = Vector.made

process.stdout.write(
  JSON.stringify({
    before,
    after,
    isVector: sum instanceof Vector,
    x: (sum as Vector).x,
    countsHere,
    three: [addThree(1), addThree(9)],
    again,
    where: elsewhere(() => where()),
    nested: elsewhere((given: { where(): string }) => given.where(), { where }),
  }),
)
