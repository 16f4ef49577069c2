import { newPoolState, type PoolLimits, type Work } from '../../src/pool/state.js'
import { type PoolCommand, type PoolEvent, step } from '../../src/pool/step.js'

export interface TestWork extends Work {
  readonly id: number
}

/** A worker as it really is, which the pool knows only by what it hears. */
interface Machine {
  readonly heapMb: number | undefined
  isUp: boolean
  isEnding: boolean
  begun: TestWork | undefined
  queue: TestWork[]
}

const failure = { error: new Error('gone'), kind: 'lost' } as const

/** A pool, simulated workers, and what became of each try. */
export const newWorld = (limits: PoolLimits) => {
  const state = newPoolState<TestWork>(limits)
  const machines = new Map<number, Machine>()
  const ends = new Map<TestWork, string[]>()
  const begins = new Map<TestWork, number>()
  const broken: Error[] = []

  const note = (work: TestWork, end: string): void => void ends.set(work, [...(ends.get(work) ?? []), end])

  /** A thread goes on by itself with what it was sent. */
  const proceed = (machine: Machine): void => {
    if (machine.begun || !machine.isUp) return
    machine.begun = machine.queue.shift()
    if (machine.begun) begins.set(machine.begun, (begins.get(machine.begun) ?? 0) + 1)
  }

  const perform = (command: PoolCommand<TestWork>): void => {
    if (command.type === 'open')
      return void machines.set(command.worker, {
        heapMb: command.heapMb,
        isUp: false,
        isEnding: false,
        begun: undefined,
        queue: [],
      })
    if (command.type === 'ended') return note(command.work, 'ended')
    if (command.type === 'failed') return note(command.work, command.kind)
    if (command.type === 'broken') return void broken.push(command.error)
    const machine = machines.get(command.worker)
    if (!machine) throw new Error(`${command.type} for a worker that is not there`)
    if (command.type === 'send') {
      if (command.work.heapMb !== machine.heapMb) throw new Error('sent to a worker with another heap')
      machine.queue.push(command.work)
      proceed(machine)
    } else if (command.type === 'takeBack') {
      const works = command.works.filter((work) => machine.queue.includes(work))
      machine.queue = machine.queue.filter((work) => !works.includes(work))
      hear({ type: 'takenBack', worker: command.worker, works })
    } else if (command.type === 'end' || command.type === 'kill') machine.isEnding = true
  }

  const hear = (event: PoolEvent<TestWork>): void => {
    for (const command of step(state, event)) perform(command)
    if (event.type !== 'turn' && event.type !== 'submitted') hear({ type: 'turn' })
  }

  return {
    state,
    machines,
    ends,
    begins,
    broken,
    hear,
    up: (worker: number): void => {
      const machine = machines.get(worker)
      if (!machine || machine.isUp) return
      machine.isUp = true
      proceed(machine)
      hear({ type: 'ready', worker })
    },
    finish: (worker: number, ms: number): void => {
      const machine = machines.get(worker)
      if (!machine?.begun) return
      const work = machine.begun
      machine.begun = undefined
      proceed(machine)
      hear({ type: 'finished', worker, work, ms, outcome: 'value' })
    },
    crash: (worker: number): void => {
      const machine = machines.get(worker)
      if (!machine) return
      machines.delete(worker)
      hear({ type: 'gone', worker, untouched: machine.queue, failure })
    },
  }
}

export type World = ReturnType<typeof newWorld>
