import { inspect } from 'node:util'
import { MessageChannel, Worker } from 'node:worker_threads'
import { newClaimsMemory, offersIn, ring } from '../claims.js'
import type { FromWorker } from '../messages.js'
import { heardFromWorker, postedToWorker } from '../posted.js'
import { newChannelMemory, openChannel } from '../thread-channel.js'
import type { OpenWorker, ToSend, WorkerSetup } from './link.js'

/** Code that a thread with a limited heap may hold beside it. */
const CODE_MB = 64
/** Where more lives in its youngest part, the engine may pass the limit in one step, and then ends the whole program. */
const YOUNG_MB = 16

const startThread = ({ program, settings, guardian }: WorkerSetup, heapMb: number | undefined) => {
  const { port1, port2 } = new MessageChannel()
  const claims = newClaimsMemory()
  const memory = newChannelMemory()
  const thread = new Worker(program, {
    // Options of the program's own command line (a loader, a debugger's port) are not for its workers.
    execArgv: [],
    // What bodies start by themselves belongs to the run as well.
    env: { ...process.env, ...guardian.mark() },
    workerData: { port: port2, claims, memory, settings },
    transferList: [port2],
    ...(heapMb !== undefined && {
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: YOUNG_MB, codeRangeSizeMb: CODE_MB },
    }),
  })
  return { thread, port: port1, claims, memory }
}

const evidenceIn = (failure: unknown): string =>
  failure instanceof Error ? (failure.stack ?? failure.message) : failure === undefined ? '' : inspect(failure)

const isOutOfMemory = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY'

/** Workers that are threads of this process. */
export const threads =
  (setup: WorkerSetup): OpenWorker =>
  ({ name, heapMb }, events) => {
    const { thread, port, claims, memory } = startThread(setup, heapMb)
    const offers = offersIn(claims)
    let failure: unknown
    const hear = (messages: readonly FromWorker[]): void => {
      for (const message of messages) {
        if (message.type === 'succeeded' || message.type === 'failed') offers.free(message.id)
        events.message(message)
      }
    }
    const channel = openChannel(
      { port, sends: memory.toWorker, hears: memory.fromWorker },
      { pack: postedToWorker, unpack: heardFromWorker, hear },
    )
    channel.sleeps()
    thread.on('error', (error) => (failure = error))
    thread.on('exit', (exitCode) => {
      // What was sent before the thread ended, and has not been heard yet.
      while (channel.takeAll());
      port.close()
      events.gone({ exitCode, signal: null, outOfMemory: isOutOfMemory(failure), evidence: evidenceIn(failure) })
    })
    const send = (messages: readonly ToSend[]): void => {
      const offered = messages.map((message) =>
        message.type === 'run' ? { ...message, slot: offers.offer(message.id) } : message,
      )
      channel.send(offered)
      channel.expect()
      ring(claims)
    }
    return {
      name,
      send,
      takeBack: (ids) => ids.filter((id) => offers.takeBack(id)),
      end: () => send([{ type: 'end' }]),
      kill: () => void thread.terminate(),
      hold: (held) => {
        thread[held ? 'ref' : 'unref']()
        port[held ? 'ref' : 'unref']()
      },
    }
  }
