/** What the program tells its guardian, one JSON object a line. */
export type GuardianMessage =
  | {
      readonly type: 'start'
      readonly mark: string
      readonly graceMs: number
      readonly log: string
      readonly policy: 'end' | 'finish'
    }
  | { readonly type: 'group'; readonly id: number; readonly pgid: number }
  | { readonly type: 'command'; readonly id: number; readonly argv: readonly string[] }
  | { readonly type: 'path'; readonly id: number; readonly path: string }
  | { readonly type: 'forget'; readonly id: number }
  /** The program closed its kernel; nothing is left but processes that hid from it. */
  | { readonly type: 'bye' }

/**
 * The guardian process: reads what must not outlive the program, and when the pipe ends without a farewell, kills, cancels and removes it.
 * Its source text is handed to a new Node, so it uses nothing from outside itself.
 */
// oxlint-disable-next-line max-lines-per-function -- it travels as the text of one function
export const guardianMain = (): void => {
  const { appendFileSync, readdirSync, readFileSync, rmSync } = process.getBuiltinModule('node:fs')
  const { execFile } = process.getBuiltinModule('node:child_process')
  const { createInterface } = process.getBuiltinModule('node:readline')
  const COMMAND_MS = 60_000
  const POLL_MS = 50
  const SWEEPS = 40

  const known = new Map<number, GuardianMessage>()
  let settings: Extract<GuardianMessage, { type: 'start' }> | undefined
  let farewell = false
  process.title = `parsl: guardian of ${process.argv[1]}`
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

  /** Its folder may have been removed meanwhile. */
  const note = (line: string): void => {
    try {
      if (settings) appendFileSync(settings.log, `${new Date().toISOString()} ${line}\n`)
    } catch {
      return
    }
  }
  /** The program may have died in the middle of a line. */
  const parse = (line: string): GuardianMessage | undefined => {
    try {
      return JSON.parse(line) as GuardianMessage
    } catch {
      return undefined
    }
  }
  const signalAll = (groups: readonly number[], signal: NodeJS.Signals | 0): number[] =>
    groups.filter((pgid) => {
      try {
        process.kill(-pgid, signal)
        return true
      } catch {
        return false
      }
    })
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

  /** Processes of this run that left their group, or were started in the last moment: they carry the run's mark in their environment. */
  const marked = (mark: string): number[] => {
    let names: string[] = []
    try {
      names = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    } catch {
      return []
    }
    return names.map(Number).filter((pid) => {
      try {
        return pid !== process.pid && readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark)
      } catch {
        return false
      }
    })
  }
  const endGroups = async (groups: readonly number[], graceMs: number): Promise<void> => {
    let left = signalAll(groups, 'SIGTERM')
    const deadline = performance.now() + graceMs
    while (left.length > 0 && performance.now() < deadline) {
      await pause(POLL_MS)
      left = signalAll(left, 0)
    }
    signalAll(left, 'SIGKILL')
  }
  const sweep = async (mark: string): Promise<void> => {
    for (let round = 0, quiet = 0; round < SWEEPS; round++) {
      const pids = marked(mark)
      quiet = pids.length === 0 ? quiet + 1 : 0
      if (quiet === (farewell ? 1 : 2)) return
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL')
          note(`killed process ${pid}, which had left its group`)
        } catch {
          continue
        }
      }
      await pause(POLL_MS)
    }
  }
  const runCommand = (argv: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      const [program = '', ...args] = argv
      execFile(program, args, { timeout: COMMAND_MS }, (error) => {
        note(`${error ? `failed (${error.message})` : 'ran'}: ${argv.join(' ')}`)
        resolve()
      })
    })
  const remove = (path: string): void => {
    try {
      rmSync(path, { recursive: true, force: true })
    } catch (error) {
      note(`could not remove ${path}: ${String(error)}`)
    }
  }
  const cleanUp = async ({ mark, graceMs, policy }: Extract<GuardianMessage, { type: 'start' }>): Promise<void> => {
    const all = [...known.values()]
    note(`the program is gone; ${all.length} things to clean up, policy ${policy}`)
    if (policy === 'finish') return
    await Promise.all([
      endGroups(
        all.flatMap((message) => (message.type === 'group' ? [message.pgid] : [])),
        graceMs,
      ),
      ...all.flatMap((message) => (message.type === 'command' ? [runCommand(message.argv)] : [])),
    ])
    await sweep(mark)
    for (const message of all) if (message.type === 'path') remove(message.path)
    note('done')
  }

  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const message = parse(line)
      if (!message) return
      if (message.type === 'start') settings = message
      else if (message.type === 'bye') farewell = true
      else if (message.type === 'forget') known.delete(message.id)
      else known.set(message.id, message)
    })
    .on('close', () => {
      if (!settings) process.exit(0)
      const work = farewell ? sweep(settings.mark) : cleanUp(settings)
      void work.finally(() => process.exit(0))
    })
}
