import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually, isRunning } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { repeatedly, type RunningProgram, startProgramAt } from '../../packages/core/test/programs/run-program.js'

const ROUNDS = 4
const GUARD_MS = 30_000

const startHere = (name: 'blocked' | 'short' | 'steady' | 'unruly', options: object = {}): Promise<RunningProgram> =>
  startProgramAt(join(import.meta.dirname, `programs/${name}.ts`), options)

/** What the commands (and the child of a body) of an unruly program start. */
const sleeps = (where: string): string[] =>
  [301, 302, 303, 304, 305, 306, 307, ...(where === 'threads' ? [] : [308])].map((seconds) => `sleep ${seconds}`)

/** Waits until all that an unruly program does is under way. */
const busy = async (program: RunningProgram, where: string): Promise<void> => {
  const isBusy = (): boolean => {
    const commands = new Set(program.left().map(({ command }) => command))
    return program.lines.includes('busy') && sleeps(where).every((command) => commands.has(command))
  }
  await eventually(isBusy, { guardMs: GUARD_MS, state: () => [program.lines, program.errorText(), program.left()] })
}

const settledIn = ({ lines }: RunningProgram): string[] => lines.filter((line) => line.startsWith('settled '))
const countOf = (lines: readonly string[], state: string): number =>
  lines.filter((line) => line.endsWith(` ${state}`)).length

describe('a program on the default executor', () => {
  it.each(['default', 'htex'])(
    'ends by itself after its last await, without a close, and says nothing (%s)',
    async (where) => {
      await repeatedly(ROUNDS, async () => {
        await using program = await startHere('short', { where })
        expect(await program.ended, program.errorText()).toEqual({ code: 0, signal: null })
        expect(program.lines.at(-1)).toBe('squares 1 4 9')
        expect(program.errorText()).toBe('')
        await program.nothingLeft()
      })
    },
  )

  it.each([
    ['once it has closed', 'close', 0],
    ['with the exit code that it set', 'exitCode', 7],
    ['when it comes to the end of its code', 'nothing', 0],
  ] as const)('ends though a thread is in native code that blocks, %s', async (_when, end, code) => {
    await using program = await startHere('blocked', { end })
    expect(await program.ended, program.errorText()).toEqual({ code, signal: null })
    expect(existsSync(join(program.folder, 'blocked'))).toBe(true)
    expect(countOf(settledIn(program), 'failed')).toBe(1)
    await program.nothingLeft()
  })
})

describe.each(['threads', 'processes', 'htex'] as const)('a program whose tasks run in %s', (where) => {
  it('leaves no process behind when it is killed, whenever that happens', async () => {
    let seen = 0
    await repeatedly(ROUNDS, async (draw) => {
      await using program = await startHere('unruly', { where })
      await program.runId
      await pause(draw(600))
      seen += program.left().length
      program.child.kill('SIGKILL')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGKILL' })
      await program.nothingLeft()
    })
    expect(seen).toBeGreaterThan(0)
  })

  it('leaves no process behind when it is killed with everything under way', async () => {
    await repeatedly(ROUNDS, async () => {
      await using program = await startHere('unruly', { where })
      await busy(program, where)
      const before = program.left()
      program.child.kill('SIGKILL')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGKILL' })
      await program.nothingLeft()
      await eventually(() => !before.some(({ pid }) => isRunning(pid)), { state: () => before })
    })
  })

  it('lets what runs end well when it is interrupted once, and starts nothing more', async () => {
    await repeatedly(ROUNDS, async (draw) => {
      await using program = await startHere('steady', { where, tasks: 40, ms: 200 })
      await program.runId
      await pause(200 + draw(400))
      program.child.kill('SIGINT')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGINT' })
      const settled = settledIn(program)
      expect(settled).toHaveLength(40)
      expect(countOf(settled, 'execDone') + countOf(settled, 'cancelled')).toBe(40)
      const names = readdirSync(program.folder).toSorted()
      const indices = (prefix: string) => names.flatMap((name) => name.split(prefix)[1] ?? [])
      expect(indices('ended-')).toEqual(indices('started-'))
      await program.nothingLeft()
    })
  })

  it('dies at once when it is interrupted twice', async () => {
    await repeatedly(ROUNDS, async (draw) => {
      await using program = await startHere('unruly', { where })
      await busy(program, where)
      program.child.kill('SIGINT')
      await pause(20 + draw(200))
      program.child.kill('SIGINT')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGINT' })
      await program.nothingLeft()
    })
  })

  it.each(['SIGTERM', 'SIGHUP'] as const)('stops everything on %s, and settles every future', async (signal) => {
    await repeatedly(2, async () => {
      await using program = await startHere('unruly', { where })
      await busy(program, where)
      program.child.kill(signal)
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal })
      const settled = settledIn(program)
      expect(settled).toHaveLength(where === 'threads' ? 5 : 6)
      expect(countOf(settled, 'cancelled')).toBe(settled.length)
      await program.nothingLeft()
    })
  })
})
