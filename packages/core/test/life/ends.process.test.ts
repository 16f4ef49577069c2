import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { repeatedly, startProgram } from '../programs/run-program.js'

const ROUNDS = 20

describe('a program that ends itself', () => {
  it.each([
    ['by process.exit()', 'exit', 7],
    ['by an error that nobody catches', 'throw', 1],
    ['by a rejection that nobody handles', 'reject', 1],
  ] as const)('%s leaves no process behind', async (_how, how, code) => {
    await repeatedly(ROUNDS, async (draw) => {
      await using program = await startProgram('busy', { end: { how, ms: draw(400) } })
      await program.runId
      expect(await program.ended, program.errorText()).toEqual({ code, signal: null })
      await program.nothingLeft()
    })
  })

  it('by coming to the end of its code lets its tasks end well, and leaves no process behind', async () => {
    await repeatedly(ROUNDS, async (draw) => {
      const tasks = 4 + Math.round(draw(12))
      await using program = await startProgram('steady', { tasks, seconds: draw(0.1), messy: true, end: 'nothing' })
      await program.runId
      expect(await program.ended, program.errorText()).toEqual({ code: 0, signal: null })
      expect(program.lines.filter((line) => line.endsWith(' execDone'))).toHaveLength(tasks)
      await program.nothingLeft()
    })
  })

  it('by closing its kernel rejects the futures that have not ended, and leaves no process behind', async () => {
    await repeatedly(ROUNDS, async (draw) => {
      const options = { tasks: 24, seconds: 0.02 + draw(0.2), messy: true, endless: true, end: 'close' }
      await using program = await startProgram('steady', options)
      await program.runId
      expect(await program.ended, program.errorText()).toEqual({ code: 0, signal: null })
      expect(program.lines.filter((line) => line.startsWith('settled '))).toHaveLength(24)
      expect(program.lines.filter((line) => line.endsWith(' cancelled')).length).toBeGreaterThanOrEqual(6)
      expect(program.lines.at(-1)).toBe('closed')
      expect(program.left()).toEqual([])
    })
  })
})

describe('a program that leaves its kernel open', () => {
  it.each(['nothing', 'body', 'command'] as const)('ends by itself and well after it ran %s', async (use) => {
    await using program = await startProgram('idle', { use })
    await program.runId
    expect(await program.ended, program.errorText()).toEqual({ code: 0, signal: null })
    expect(program.errorText()).toBe('')
    await program.nothingLeft()
  })
})

describe('a program in unkind surroundings', () => {
  it('does not hang when nobody reads its output any more', async () => {
    await repeatedly(6, async (draw) => {
      await using program = await startProgram('steady', { tasks: 8, seconds: 0.05, messy: true, end: 'await' })
      await program.runId
      await pause(draw(100))
      program.child.stdout?.destroy()
      program.child.stderr?.destroy()
      expect(await program.ended, program.errorText()).toEqual({ code: 0, signal: null })
      await program.nothingLeft()
    })
  })

  it('does not hang when its folder is removed meanwhile', async () => {
    await repeatedly(6, async (draw) => {
      await using program = await startProgram('steady', { tasks: 8, seconds: 0.05, messy: true, end: 'await' })
      await program.runId
      await pause(draw(200))
      await rm(program.folder, { recursive: true, force: true, maxRetries: 5 })
      expect(await program.ended, program.errorText()).toEqual({ code: 0, signal: null })
      expect(program.lines.filter((line) => line.startsWith('settled '))).toHaveLength(8)
      await program.nothingLeft()
    })
  })

  it('leaves no process behind when its folder is removed and it is killed then', async () => {
    await repeatedly(6, async (draw) => {
      await using program = await startProgram('busy')
      await program.runId
      await pause(100 + draw(200))
      await rm(program.folder, { recursive: true, force: true, maxRetries: 5 })
      program.child.kill('SIGKILL')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGKILL' })
      await program.nothingLeft()
    })
  })
})
