import { AlreadyLoadedError, NoDataFlowKernelError, stays } from '@parsl/interfaces'
import type { AppFuture } from '../future/app-future.js'
import type { AppDefinition } from './task.js'

/** What an app needs of a kernel. */
export interface Submitter {
  readonly runDir: string
  /** @internal */
  submit(app: AppDefinition, args: readonly unknown[]): AppFuture<unknown, readonly unknown[]>
}

/** Marks a function that works on a kernel, or by its prototype a kernel. */
export const staysWithKernel = (value: object, what = 'it works on the kernel'): void => {
  stays(`${what}, which stays in the program; use joinApp to call apps from an app`, value)
}

const KEY = Symbol.for('@parsl/kernel')
type Holder = { [KEY]?: Submitter | undefined }

/** The loaded kernel, of any copy of this package. */
export const loadedKernel = (): Submitter | undefined => (globalThis as Holder)[KEY]

/** @throws NoDataFlowKernelError `PARSL_NO_KERNEL` */
export const requireKernel = (asked: string): Submitter => {
  const kernel = loadedKernel()
  if (kernel) return kernel
  throw new NoDataFlowKernelError(asked)
}

/** @throws AlreadyLoadedError `PARSL_ALREADY_LOADED` */
export const refuseIfLoaded = (): void => {
  const kernel = loadedKernel()
  if (kernel) throw new AlreadyLoadedError({ runDir: kernel.runDir })
}

export const rememberKernel = (kernel: Submitter): void => {
  ;(globalThis as Holder)[KEY] = kernel
}

/** Forgets the loaded kernel, or this one if it is loaded; it goes on running. */
export const forgetKernel = (kernel?: Submitter): void => {
  if (!kernel || loadedKernel() === kernel) (globalThis as Holder)[KEY] = undefined
}
