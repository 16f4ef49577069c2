import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { guardianMain } from '../../src/guardian/main.js'
import { guardiansOf, markedBy, nothingLeft } from '../programs/processes.js'
import { repeatedly, startProgram } from '../programs/run-program.js'

const ROUNDS = 20

describe('a program that is killed', () => {
  it('leaves no process behind, whatever its commands do and whenever it happens', async () => {
    let seen = 0
    await repeatedly(ROUNDS, async (draw) => {
      await using program = await startProgram('busy')
      await program.runId
      await pause(draw(400))
      seen += program.left().length
      program.child.kill('SIGKILL')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGKILL' })
      await program.nothingLeft()
    })
    expect(seen).toBeGreaterThan(ROUNDS)
  })

  it('leaves no process behind when it was suspended before', async () => {
    await repeatedly(ROUNDS, async (draw) => {
      await using program = await startProgram('busy')
      await program.runId
      await pause(draw(400))
      program.child.kill('SIGSTOP')
      await pause(draw(50))
      program.child.kill('SIGKILL')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGKILL' })
      await program.nothingLeft()
    })
  })

  it('leaves no process behind when it dies right after its first spawn', async () => {
    await repeatedly(ROUNDS, async () => {
      await using program = await startProgram('first-spawn')
      await program.runId
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGKILL' })
      await program.nothingLeft()
    })
  })

  it("leaves its commands running where onSubmitterLost is 'finish', and its guardian ends", async () => {
    await using program = await startProgram('busy', { onSubmitterLost: 'finish' })
    const runId = await program.runId
    const sleeping = (seconds: number) => () => markedBy(runId).filter(({ command }) => command === `sleep ${seconds}`)
    const everyKind = [301, 302, 303, 304, 305, 306, 307, 308, 309, 310, 311, 312]
    await nothingLeft('busy, before its commands ran,', () =>
      everyKind
        .filter((seconds) => sleeping(seconds)().length === 0)
        .map((pid) => ({ pid, command: 'not running yet' })),
    )
    program.child.kill('SIGKILL')
    await program.ended
    await nothingLeft('the guardian', () => guardiansOf(runId))
    for (const seconds of everyKind) expect(sleeping(seconds)()).toHaveLength(1)
  })
})

describe('a guardian that is killed', () => {
  it('takes nothing with it: the program goes on and closes well', async () => {
    let killed = 0
    await repeatedly(ROUNDS, async (draw) => {
      await using program = await startProgram('steady', { tasks: 24, seconds: 0.05, messy: true, end: 'await' })
      const runId = await program.runId
      await pause(draw(300))
      for (const { pid } of guardiansOf(runId)) {
        process.kill(pid, 'SIGKILL')
        killed++
      }
      expect(await program.ended, program.errorText()).toEqual({ code: 0, signal: null })
      expect(program.lines.filter((line) => line.endsWith(' execDone'))).toHaveLength(24)
      await program.nothingLeft()
    })
    expect(killed).toBeGreaterThan(ROUNDS / 4)
  })

  it('is followed by another one, which still cleans up', async () => {
    await repeatedly(ROUNDS, async (draw) => {
      await using program = await startProgram('busy')
      const runId = await program.runId
      await nothingLeft('busy, before its guardian ran,', () =>
        guardiansOf(runId).length === 0 ? [{ pid: 0, command: 'no guardian yet' }] : [],
      )
      const [first] = guardiansOf(runId)
      process.kill(first?.pid as number, 'SIGKILL')
      await nothingLeft('busy, before another guardian ran,', () =>
        guardiansOf(runId).some(({ pid }) => pid !== first?.pid) ? [] : [{ pid: 0, command: 'no other guardian yet' }],
      )
      await pause(draw(300))
      program.child.kill('SIGKILL')
      expect(await program.ended, program.errorText()).toEqual({ code: null, signal: 'SIGKILL' })
      await program.nothingLeft()
    })
  })
})

describe('a guardian', () => {
  it('cleans up though its program died in the middle of a message, and the folder of its log is gone', async () => {
    const runId = randomUUID()
    const command = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' })
    const guardian = spawn(process.execPath, ['--input-type=module', '-e', `(${guardianMain.toString()})()`, runId], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const settings = { type: 'start', mark: `PARSL_RUN=${runId}`, graceMs: 300, log: '/nowhere/log', policy: 'end' }
    const group = { type: 'group', id: 0, pgid: command.pid }
    guardian.stdin.end(`${JSON.stringify(settings)}\n${JSON.stringify(group)}\n{"type":"gro`)
    await Promise.all([once(command, 'exit'), once(guardian, 'exit')])
    expect(command.signalCode).toBe('SIGTERM')
    expect(guardian.exitCode).toBe(0)
  })
})
