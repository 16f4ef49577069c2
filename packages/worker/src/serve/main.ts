// The program of a worker: a thread or a process of its own.
import { isMainThread } from 'node:worker_threads'
import { createFunctions } from '@parsl/serialize'
import { workerIntrinsics } from '../intrinsics.js'
import { currentTask, taskContexts } from '../task-context.js'
import { openProcessPort } from './process-port.js'
import { openThreadPort } from './thread-port.js'
import { ServingWorker } from './worker.js'

taskContexts()
const { port, settings, listen } = await (isMainThread ? openProcessPort() : openThreadPort())
const worker = new ServingWorker(port, settings, createFunctions({ intrinsics: workerIntrinsics }))

process.on('beforeExit', () => {
  port.hold(true)
  worker.stalled()
})
process.on('exit', (exitCode) => port.post({ type: 'exiting', exitCode }))
process.on('uncaughtException', (error) => worker.uncaught(error, currentTask()?.id))
listen((messages) => worker.receive(messages))
port.post({ type: 'ready' })
