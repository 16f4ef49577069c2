import { compileFunction, constants } from 'node:vm'

/** Lets compiled text import as the file does in whose name it is compiled. */
export const importing = { importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }

/**
 * Calls what may be the first `import()` of compiled text in this process, without the warning that Node prints then: it
 * would be one about this package, in the output of the user's program.
 */
export const quietly = <T>(call: () => T): T => {
  const { emitWarning } = process
  process.emitWarning = (...args: readonly unknown[]) => {
    if (args[1] !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, args)
  }
  try {
    return call()
  } finally {
    process.emitWarning = emitWarning
  }
}

/** Node warns at the first import only, so the body that follows imports without a warning. */
export const importOnce = (): void => {
  const load = compileFunction("return import('node:path')", [], importing) as () => Promise<unknown>
  void quietly(load)
}
