import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import type { TaskTry } from '@parsl/interfaces'
import { describe, expect, it, vi } from 'vitest'
import { RunningBody } from '../src/running-body.ts'
import { sh, type ShellCommand } from '../src/shell-command.ts'
import { task } from '../src/task-context.ts'
import { isRunning, lifeline } from './lifeline.ts'
import { endOf, fakePlace, tryOf } from './place.ts'
import { scratch } from '@parsl/testing'

/** Far beyond the time limit of a test: nothing here waits that long. */
const LONG_MS = 600_000

const bash = (returned: unknown, walltimeMs?: number): TaskTry =>
  tryOf(() => returned, { spec: { kind: 'bash', walltimeMs } })

const started = (command: ShellCommand, { graceMs = LONG_MS, walltimeMs = undefined as number | undefined } = {}) => {
  const place = fakePlace(graceMs)
  const running = new RunningBody(bash(command, walltimeMs), place)
  running.start()
  return { place, running }
}

/** The process group that the guardian heard of. */
const groupOf = (guarded: readonly string[]): string => guarded[0]?.replace('group ', '') ?? ''

describe('a command that is stopped', () => {
  it('ends with all that it started', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const { place, running } = started(sh`
      exec 3> ${line.path}
      bash -c 'sleep 1000 & echo $$ $! >&3; wait' &
      wait`)
    const pids = (await line.line()).split(' ')
    running.stop('enough')
    expect(await place.ended).toEqual({ is: 'failed', error: 'enough', kind: 'stopped' })
    expect(await line.end()).toEqual([])
    expect(await Promise.all(pids.map(isRunning))).toEqual([false, false])
    expect(place.guarded).toEqual([`group ${groupOf(place.guarded)}`, `release group ${groupOf(place.guarded)}`])
    expect(place.warnings).toEqual([])
  })

  it('is killed after the grace period where it ignores SIGTERM', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const { place, running } = started(
      sh`
      exec 3> ${line.path}
      trap '' TERM
      (echo $BASHPID >&3; sleep 1000; sleep 1000) &
      echo $$ >&3
      sleep 1000; sleep 1000`,
      { graceMs: 100 },
    )
    const pids = [await line.line(), await line.line()]
    running.stop('enough')
    expect(await place.ended).toEqual({ is: 'failed', error: 'enough', kind: 'stopped' })
    expect(await Promise.all(pids.map(isRunning))).toEqual([false, false])
    expect(await line.end()).toEqual([])
  })

  it('is killed though bash is gone and only its child ignores SIGTERM', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const { place, running } = started(
      sh`exec 3> ${line.path}; (trap '' TERM; echo $BASHPID >&3; sleep 1000; sleep 1000) & wait`,
      { graceMs: 100 },
    )
    const pid = await line.line()
    running.stop('enough')
    expect(await place.ended).toEqual({ is: 'failed', error: 'enough', kind: 'stopped' })
    expect(await isRunning(pid)).toBe(false)
    expect(await line.end()).toEqual([])
  })

  it('is asked to end once, though bash itself is gone before the rest', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const { place, running } = started(sh`
      exec 3> ${line.path}
      (trap 'echo asked >&3' TERM; echo $$ >&3; until test -e ${folder.at('go')}; do sleep 0.01; done) &
      wait`)
    const leader = await line.line()
    running.stop('enough')
    expect(await line.line()).toBe('asked')
    await vi.waitFor(() => expect(existsSync(`/proc/${leader}`)).toBe(false), 10_000)
    await writeFile(folder.at('go'), '')
    expect(await line.end()).toEqual([])
    expect(await place.ended).toMatchObject({ error: 'enough' })
  })

  it('fails with the reason of the stop though it ends well', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const { place, running } = started(sh`
      exec 3> ${line.path}
      trap 'exit 0' TERM
      echo ready >&3
      while :; do sleep 0.01; done`)
    await line.line()
    running.stop('enough')
    expect(await place.ended).toEqual({ is: 'failed', error: 'enough', kind: 'stopped' })
  })

  it('never starts where the stop comes first', async () => {
    await using folder = await scratch()
    const { place, running } = started(sh`touch ${folder.at('ran')}`)
    running.stop('enough')
    expect(await place.ended).toEqual({ is: 'failed', error: 'enough', kind: 'stopped' })
    expect(await readdir(folder.path)).toEqual([])
    expect(place.guarded).toEqual([])
  })

  it('never starts where its own body stops it', async () => {
    await using folder = await scratch()
    const place = fakePlace()
    const body = () => {
      running.stop('enough')
      return sh`touch ${folder.at('ran')}`
    }
    const running = new RunningBody(tryOf(body, { spec: { kind: 'bash' } }), place)
    running.start()
    expect(await place.ended).toEqual({ is: 'failed', error: 'enough', kind: 'stopped' })
    expect(await readdir(folder.path)).toEqual([])
  })

  it('leaves no long command behind', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const { place, running } = started(sh`: ${'x'.repeat(200_000)}; exec 3> ${line.path}; echo $0 >&3; sleep 1000`)
    const script = await line.line()
    running.stop('enough')
    await place.ended
    await expect(readFile(script)).rejects.toThrow('ENOENT')
  })
})

describe('a command that exceeds its walltime', () => {
  it('ends with its tree, as an error of the body', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const { place } = started(sh`exec 3> ${line.path}; sleep 1000 & echo ready >&3; wait`, { walltimeMs: 1_000 })
    await line.line()
    place.clock.advance(1_000)
    expect(await place.ended).toMatchObject({
      is: 'failed',
      kind: 'body',
      error: { code: 'PARSL_APP_TIMEOUT', details: { limit: 'walltime', limitMs: 1_000 } },
    })
    expect(await line.end()).toEqual([])
    expect(place.clock.waiting()).toBe(0)
  })
})

describe('what a command leaves in the background', () => {
  it('ends with it', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const place = fakePlace(LONG_MS)
    const end = endOf(bash(sh`exec 3> ${line.path}; sleep 1000 & echo $! >&3`), place)
    const pid = await line.line()
    expect(await end).toMatchObject({ is: 'succeeded', value: { exitCode: 0 } })
    expect(await isRunning(pid)).toBe(false)
    expect(await line.end()).toEqual([])
  })

  it('is killed where it ignores SIGTERM', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const command = sh`
      exec 3> ${line.path}
      (trap '' TERM; echo $BASHPID >&3; sleep 1000; sleep 1000) &
      until test -e ${folder.at('go')}; do sleep 0.01; done
      exit 3`
    const end = endOf(bash(command), fakePlace(100))
    const pid = await line.line()
    await writeFile(folder.at('go'), '')
    expect(await end).toMatchObject({ is: 'failed', error: { details: { exitCode: 3 } } })
    expect(await isRunning(pid)).toBe(false)
    expect(await line.end()).toEqual([])
  })

  it('has the time to end by itself', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const place = fakePlace(LONG_MS)
    const end = endOf(
      bash(sh`
        exec 3> ${line.path}
        (trap 'echo cleaned >&3; exit 0' TERM; echo ready >&3; while :; do sleep 0.01; done) &
        until test -e ${folder.at('go')}; do sleep 0.01; done`),
      place,
    )
    expect(await line.line()).toBe('ready')
    await writeFile(folder.at('go'), '')
    expect(await end).toMatchObject({ is: 'succeeded' })
    expect(await line.end()).toEqual(['cleaned'])
    expect(place.guarded).toHaveLength(2)
  })
})

describe('a JavaScript body beside', () => {
  it('may run commands of its own and end them by its signal', async () => {
    await using folder = await scratch()
    await using line = await lifeline(folder.at('line'))
    const place = fakePlace(LONG_MS)
    const body = async () => {
      const { execFile } = await import('node:child_process')
      const { signal } = task()
      return new Promise((resolve, reject) => {
        const command = `exec 3> ${line.path}; echo ready >&3; exec sleep 1000`
        execFile('bash', ['-c', command], { signal }, (error) => (error ? reject(error) : resolve(undefined)))
      })
    }
    const running = new RunningBody(tryOf(body), place)
    running.start()
    await line.line()
    running.stop('enough')
    expect(await place.ended).toEqual({ is: 'failed', error: 'enough', kind: 'stopped' })
    expect(await line.end()).toEqual([])
  })
})
