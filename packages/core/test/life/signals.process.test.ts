import { readdir } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { repeatedly, type RunningProgram, startProgram } from '../programs/run-program.js'

const ROUNDS = 20

const settledIn = ({ lines }: RunningProgram): string[] => lines.filter((line) => line.startsWith('settled '))
const countOf = (lines: readonly string[], ...states: readonly string[]): number =>
  lines.filter((line) => states.some((state) => line.endsWith(` ${state}`))).length

/** Commands that started, and those of them that came to their own end; each as often as it ran. */
const filesOf = async ({
  folder,
}: RunningProgram): Promise<{ readonly started: string[]; readonly ended: string[] }> => {
  const names = (await readdir(folder)).toSorted()
  const indices = (prefix: string): string[] =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  return { started: indices('started-'), ended: indices('ended-') }
}

describe('a program that is interrupted once', () => {
  it('lets running commands end well, starts no other, settles every future, and ends of the signal', async () => {
    let cancelled = 0
    let done = 0
    await repeatedly(ROUNDS, async (draw) => {
      await using program = await startProgram('steady', { tasks: 40, seconds: 0.15, messy: true, end: 'await' })
      await program.runId
      await pause(draw(500))
      program.child.kill('SIGINT')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGINT' })
      const settled = settledIn(program)
      expect(settled).toHaveLength(40)
      expect(countOf(settled, 'execDone', 'cancelled')).toBe(40)
      const { started, ended } = await filesOf(program)
      expect(ended).toEqual(started)
      cancelled += countOf(settled, 'cancelled')
      done += countOf(settled, 'execDone')
      await program.nothingLeft()
    })
    expect(cancelled).toBeGreaterThan(ROUNDS)
    expect(done).toBeGreaterThan(ROUNDS)
  })

  it('does not try again what fails after that', async () => {
    await repeatedly(4, async (draw) => {
      await using program = await startProgram('steady', { tasks: 3, seconds: 0.1, retries: 1_000_000, end: 'await' })
      await program.runId
      await pause(draw(500))
      program.child.kill('SIGINT')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGINT' })
      expect(countOf(settledIn(program), 'failed', 'cancelled')).toBe(3)
      await program.nothingLeft()
    })
  })

  it('does so though nobody reads its standard error any more, as where a pipeline is interrupted', async () => {
    await repeatedly(4, async (draw) => {
      await using program = await startProgram('steady', { tasks: 16, seconds: 0.1, end: 'await' })
      await program.runId
      program.child.stderr?.destroy()
      await pause(draw(200))
      program.child.kill('SIGINT')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGINT' })
      expect(settledIn(program)).toHaveLength(16)
      const { started, ended } = await filesOf(program)
      expect(ended).toEqual(started)
      await program.nothingLeft()
    })
  })
})

describe('a program that is interrupted twice', () => {
  it('dies at once, and its commands with it', async () => {
    await repeatedly(ROUNDS, async (draw) => {
      await using program = await startProgram('busy')
      await program.runId
      await pause(draw(300))
      program.child.kill('SIGINT')
      await pause(20 + draw(200))
      program.child.kill('SIGINT')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGINT' })
      await program.nothingLeft()
    })
  })
})

describe.each(['SIGTERM', 'SIGHUP'] as const)('a program that is ended by %s', (signal) => {
  it('stops its commands, settles every future, and ends of the signal', async () => {
    await repeatedly(signal === 'SIGTERM' ? ROUNDS : 4, async (draw) => {
      await using program = await startProgram('busy')
      await program.runId
      await pause(draw(400))
      program.child.kill(signal)
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal })
      const settled = settledIn(program)
      expect(countOf(settled, 'cancelled')).toBe(settled.length)
      expect(settled.length).toBeGreaterThanOrEqual(2)
      await program.nothingLeft()
    })
  })
})
