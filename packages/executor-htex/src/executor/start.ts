import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { ExecutorContext, Provider } from '@parsl/interfaces'
import type { HtexSettings } from '../settings.js'
import { type RunningHtex, startHtex } from './htex.js'
import { addressesOf, launchCommand } from './launch-command.js'
import { openInterchange } from './open-interchange.js'
import { programPath } from './program-path.js'

const LOOPBACK = '127.0.0.1'

/** Blocks on this machine, where nothing is configured; looking at them costs nothing. Not loaded elsewhere. */
const localBlocks = async (): Promise<Provider> => {
  const { localProvider } = await import('@parsl/provider-local')
  return localProvider({ statusPeriod: '100ms' })
}

/** Makes the keys of a run; the guardian removes them should the program be gone before. Not loaded where nothing is encrypted: it brings a native library. */
const makeRunKeys = async ({ dir, guardian }: ExecutorContext) => {
  const { makeKeys, removeKeys } = await import('../keys.js')
  const keysDir = join(dir, 'keys')
  const release = guardian.path(keysDir)
  const remove = async (): Promise<void> => {
    await removeKeys(keysDir)
    release()
  }
  try {
    await makeKeys(keysDir)
  } catch (error) {
    release()
    throw error
  }
  return { keysDir, remove }
}

/** A launcher may start managers elsewhere. */
const isOnThisMachine = ({ name, launcher }: Provider): boolean => name === 'local' && !launcher

/**
 * Starts an executor for one run.
 * @throws ExecutorError `PARSL_EXECUTOR` where its interchange does not come up; ConfigurationError `PARSL_CONFIG` where the keys cannot be private
 */
export const start = async (settings: HtexSettings, context: ExecutorContext): Promise<RunningHtex> => {
  const provider = settings.provider ?? (await localBlocks())
  const { label, workerLogdirRoot, encrypted } = settings
  const program = programPath(label, 'manager')
  const isHere = isOnThisMachine(provider)
  const address = settings.address ?? (isHere ? LOOPBACK : undefined)
  const keys = encrypted ? await makeRunKeys(context) : undefined
  const place = {
    node: process.execPath,
    program,
    addresses: address === undefined ? addressesOf(networkInterfaces()) : [address],
    keysDir: keys?.keysDir,
    logdir: workerLogdirRoot ?? join(context.dir, 'managers'),
    killGraceMs: context.killGraceMs,
    walltimeMs: provider.walltimeMs,
    isHere,
  }
  return startHtex({
    context,
    settings,
    provider,
    open: (events) => openInterchange({ settings, context, keysDir: keys?.keysDir, address }, events),
    commandFor: (port, block) => launchCommand(settings, { ...place, port }, block),
    tidy: async () => keys?.remove(),
  })
}
