import type { BlockLoad } from '@parsl/blocks'

interface KnownBlock {
  /** By manager: its workers. */
  readonly managers: Map<string, number>
  tasks: number
  idleSince: number
}

/** A manager that has connected. */
export interface CensusManager {
  readonly manager: string
  readonly block: string
  readonly slots: number
}

interface Waiting {
  readonly blocks: readonly string[]
  readonly resolve: () => void
}

/** The managers that are connected, by block, and how many tasks run in each. */
export class Census {
  readonly #now: () => number
  readonly #blocks = new Map<string, KnownBlock>()
  #slots = 0
  #waiting: Waiting[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  /** Workers of all managers. */
  get slots(): number {
    return this.#slots
  }

  /** Blocks with a manager that is connected. */
  get blocks(): readonly string[] {
    return [...this.#blocks.keys()]
  }

  joined({ manager, block, slots }: CensusManager): void {
    const known = this.#blocks.get(block) ?? { managers: new Map<string, number>(), tasks: 0, idleSince: this.#now() }
    this.#slots += slots - (known.managers.get(manager) ?? 0)
    known.managers.set(manager, slots)
    this.#blocks.set(block, known)
  }

  left(manager: string, block: string): void {
    const known = this.#blocks.get(block)
    this.#slots -= known?.managers.get(manager) ?? 0
    known?.managers.delete(manager)
    if (known?.managers.size === 0) this.#blocks.delete(block)
    this.#tellWaiting()
  }

  began(block: string): void {
    const known = this.#blocks.get(block)
    if (known) known.tasks++
  }

  /** @param block where the task began, if it had begun */
  ended(block: string | undefined): void {
    const known = block === undefined ? undefined : this.#blocks.get(block)
    // Where its managers were gone for a while, tasks end that were not counted.
    if (!known || known.tasks === 0) return
    if (--known.tasks === 0) known.idleSince = this.#now()
  }

  loads(): ReadonlyMap<string, BlockLoad> {
    const at = this.#now()
    const loadOf = ({ tasks, idleSince }: KnownBlock): BlockLoad => ({ tasks, idleMs: tasks > 0 ? 0 : at - idleSince })
    return new Map([...this.#blocks].map(([name, known]) => [name, loadOf(known)]))
  }

  /** Resolves when none of these blocks has a manager any more. */
  emptied(blocks: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ blocks, resolve })
      this.#tellWaiting()
    })
  }

  #tellWaiting(): void {
    const isEmpty = ({ blocks }: Waiting): boolean => blocks.every((name) => !this.#blocks.has(name))
    const done = this.#waiting.filter(isEmpty)
    this.#waiting = this.#waiting.filter((one) => !done.includes(one))
    for (const { resolve } of done) resolve()
  }
}
