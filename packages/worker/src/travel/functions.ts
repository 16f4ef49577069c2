import { createFunctions, type Functions } from '@parsl/serialize'
import { workerIntrinsics } from '../intrinsics.js'

const KEY = Symbol.for('@parsl/functions')
type Holder = { [KEY]?: Functions }

/** How functions travel, for all executors of a program: what one of them parsed, all know. */
export const programFunctions = (): Functions =>
  ((globalThis as Holder)[KEY] ??= createFunctions({ intrinsics: workerIntrinsics }))
