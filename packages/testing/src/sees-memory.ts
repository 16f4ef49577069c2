import type { ExecutorCapabilities } from '@parsl/interfaces'

/** Whether bodies see the program's shared memory. */
export const seesMemory = ({ sharesMemory, isolation }: ExecutorCapabilities): boolean =>
  sharesMemory === true || isolation === 'none'
