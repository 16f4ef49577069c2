import * as data from '@parsl/data'
import * as interfaces from '@parsl/interfaces'
import { callEach } from './call-each.js'
import { sh } from './shell-command.js'
import { SharedValue } from './travel/shared-value.js'
import { task } from './task-context.js'
import { transfer } from './travel/transfer.js'

const { output } = data
const values = [
  callEach,
  SharedValue,
  sh,
  sh.raw,
  task,
  transfer,
  output.directory,
  output.glob,
  ...Object.values(data),
  ...Object.values(interfaces),
]

const named = (value: unknown): readonly (readonly [string, unknown])[] => {
  const name = typeof value === 'function' ? interfaces.intrinsicName(value) : undefined
  return name === undefined ? [] : [[name, value]]
}

/** What bodies may use of these packages, by the names under which it travels: for `createFunctions({ intrinsics })`, in programs and in workers. */
export const workerIntrinsics: ReadonlyMap<string, unknown> = new Map(values.flatMap(named))
