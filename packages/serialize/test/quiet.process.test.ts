import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const program = `
const { createFunctions, decodeValue } = await import(process.argv[1])
const functions = createFunctions()
const { bytes, codes } = functions.capture(async () => (await import('node:os')).EOL, 'body')
const body = await functions.whenReady(() =>
  decodeValue(bytes, { functions: functions.decoding(), codes: (id) => new Map(codes).get(id) }),
)
await body()
process.emitWarning('told', 'ExperimentalWarning')
`

it('a revived function that imports has Node warn of nothing, and does not keep others from warning', async () => {
  const entry = new URL('../dist/index.js', import.meta.url).href
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, entry])
  expect(stderr.match(/ExperimentalWarning: .*/g)).toEqual(['ExperimentalWarning: told'])
})
