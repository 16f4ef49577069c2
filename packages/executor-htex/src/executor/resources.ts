import { InvalidResourceSpecification, parseBytes, type Provider, type TaskTry } from '@parsl/interfaces'
import type { HtexSettings } from '../settings.js'
import { workersFor } from './classes.js'

/** Workers that one node has as far as is known before it starts. */
export const workersPerNode = (
  { maxWorkersPerNode = Infinity, coresPerWorker, memPerWorkerBytes }: HtexSettings,
  { nodeShape = {} }: Pick<Provider, 'nodeShape'>,
): number => {
  const { cores = Infinity, memoryBytes = Infinity } = nodeShape
  return Math.min(
    maxWorkersPerNode,
    Math.floor(cores / coresPerWorker),
    memPerWorkerBytes === undefined ? Infinity : Math.floor(memoryBytes / memPerWorkerBytes),
  )
}

/** What a task may ask for at most, by the names under which it does. */
const mostOf = (settings: HtexSettings, { nodeShape = {} }: Pick<Provider, 'nodeShape'>) => ({
  memory: nodeShape.memoryBytes ?? Infinity,
  gpus: 0,
  workers: workersPerNode(settings, { nodeShape }),
})

/**
 * Refuses what no node can ever give, which would else wait for ever.
 * @throws InvalidResourceSpecification `PARSL_EXECUTOR_RESOURCES`
 */
export const newResourceCheck = (
  settings: HtexSettings,
  provider: Pick<Provider, 'nodeShape'>,
): ((attempt: TaskTry) => void) => {
  const most = mostOf(settings, provider)
  const refuse = (key: string, message: string): never => {
    throw new InvalidResourceSpecification(settings.label, [key], message)
  }
  return ({ spec: { resources } }) => {
    const { cores, memory, gpus, custom } = resources
    const workers = workersFor(resources, settings)
    if (workers > most.workers)
      refuse('cores', `${cores} cores take ${workers} of its workers, and a node has ${most.workers}`)
    if (memory !== undefined && parseBytes(memory) > most.memory)
      refuse('memory', `a node has ${most.memory} bytes, and the task asks for ${memory}`)
    if ((gpus ?? 0) > most.gpus) refuse('gpus', 'workers cannot be given accelerators yet')
    const [name] = Object.entries(custom ?? {}).find(([, amount]) => amount > 0) ?? []
    if (name !== undefined) refuse('custom', `no manager has any ${JSON.stringify(name)}`)
  }
}
