import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { endGroup, signalGroup } from '../src/process-group.ts'
import { sh, type ShellCommand } from '../src/shell-command.ts'
import { isRunning, lifeline, makePipe } from './lifeline.ts'
import { scratch } from '@parsl/testing'

/** Far beyond the time limit of a test: nothing here waits that long. */
const LONG_MS = 600_000

interface Group extends AsyncDisposable {
  readonly pgid: number
  readonly child: ChildProcess
}

/** A process group of its own; killed with its scope. */
const start = async ({ text }: ShellCommand): Promise<Group> => {
  const child = spawn('bash', ['-c', text], { detached: true, stdio: 'ignore' })
  await once(child, 'spawn')
  const pgid = child.pid as number
  const exited = once(child, 'exit')
  return {
    pgid,
    child,
    [Symbol.asyncDispose]: async () => {
      signalGroup(pgid, 'SIGKILL')
      await exited
    },
  }
}

describe('signalGroup', () => {
  it('finds a group that runs, without harm to it', async () => {
    await using place = await scratch()
    await using line = await lifeline(place.at('line'))
    await using group = await start(sh`exec 3> ${line.path}; echo ready >&3; sleep 1000`)
    await line.line()
    expect(signalGroup(group.pgid, 0)).toBe(true)
    expect(await isRunning(group.pgid)).toBe(true)
  })

  it('signals every process of the group', async () => {
    await using place = await scratch()
    await using line = await lifeline(place.at('line'))
    await using group = await start(sh`exec 3> ${line.path}; sleep 1000 & (sleep 1000; true) & echo ready >&3; wait`)
    expect(await line.line()).toBe('ready')
    expect(signalGroup(group.pgid, 'SIGKILL')).toBe(true)
    expect(await line.end()).toEqual([])
  })

  it('finds no group that has ended', async () => {
    await using group = await start(sh`exit 0`)
    if (group.child.exitCode === null) await once(group.child, 'exit')
    expect(signalGroup(group.pgid, 0)).toBe(false)
    expect(signalGroup(group.pgid, 'SIGTERM')).toBe(false)
  })
})

describe('endGroup', () => {
  it('ends a whole tree by SIGTERM, long before the grace period is over', async () => {
    await using place = await scratch()
    await using line = await lifeline(place.at('line'))
    await using group = await start(sh`
      exec 3> ${line.path}
      bash -c 'sleep 1000 & echo $$ $! >&3; wait' &
      echo $! >&3
      wait`)
    const pids = [await line.line(), await line.line()].flatMap((text) => text.split(' '))
    await endGroup(group.pgid, LONG_MS)
    expect(await line.end()).toEqual([])
    expect(await Promise.all(pids.map(isRunning))).toEqual(pids.map(() => false))
  })

  it('kills what ignores SIGTERM after the grace period: children, grandchildren and all', async () => {
    await using place = await scratch()
    await using line = await lifeline(place.at('line'))
    await using group = await start(sh`
      exec 3> ${line.path}
      trap '' TERM
      bash -c 'bash -c "echo \$\$ >&3; sleep 1000; sleep 1000" & echo $$ >&3; wait; sleep 1000' &
      sleep 1000; sleep 1000`)
    const pids = [String(group.pgid), await line.line(), await line.line()]
    expect(new Set(pids).size).toBe(3)
    await endGroup(group.pgid, 100)
    expect(await Promise.all(pids.map(isRunning))).toEqual([false, false, false])
    expect(await line.end()).toEqual([])
  })

  it('kills at once where there is no grace period', async () => {
    await using place = await scratch()
    await using line = await lifeline(place.at('line'))
    await using group = await start(sh`exec 3> ${line.path}; trap '' TERM; echo ready >&3; sleep 1000; sleep 1000`)
    await line.line()
    await endGroup(group.pgid, 0)
    expect(await isRunning(group.pgid)).toBe(false)
  })

  it('lets a process clean up within the grace period', async () => {
    await using place = await scratch()
    await using line = await lifeline(place.at('line'))
    await using group = await start(sh`
      exec 3> ${line.path}
      trap 'echo cleaned >&3; exit 0' TERM
      echo ready >&3
      while :; do sleep 0.01; done`)
    await line.line()
    await endGroup(group.pgid, LONG_MS)
    expect(await line.end()).toEqual(['cleaned'])
    expect(group.child.signalCode).toBeNull()
  })

  it('waits for the last of the group, not for its first', async () => {
    await using place = await scratch()
    await using line = await lifeline(place.at('line'))
    await makePipe(place.at('gate'))
    await using group = await start(sh`
      exec 3> ${line.path}
      (trap 'echo cleaning >&3; read -r < ${place.at('gate')}; exit 0' TERM; echo ready >&3
        while :; do sleep 0.01; done) &
      wait`)
    await line.line()
    let over = false
    const ended = endGroup(group.pgid, LONG_MS).then(() => (over = true))
    expect(await line.line()).toBe('cleaning')
    if (group.child.signalCode === null) await once(group.child, 'exit')
    expect(over).toBe(false)
    await writeFile(place.at('gate'), 'go\n')
    await ended
    expect(await line.end()).toEqual([])
  })

  it('resolves where no group is left', async () => {
    await using group = await start(sh`exit 0`)
    if (group.child.exitCode === null) await once(group.child, 'exit')
    await endGroup(group.pgid, LONG_MS)
    expect(signalGroup(group.pgid, 0)).toBe(false)
  })

  it('does not wait for a process that has ended and is never reaped', async () => {
    await using place = await scratch()
    await using line = await lifeline(place.at('line'))
    // `sleep` takes the place of the bash that started the other group, and never asks what became of it.
    await using parent = await start(sh`
      setsid bash -c 'exec 3> ${line.path}; echo $$ >&3; exec sleep 1000' &
      exec sleep 1000`)
    const pgid = Number(await line.line())
    expect(pgid).not.toBe(parent.pgid)
    await endGroup(pgid, LONG_MS)
    expect(await line.end()).toEqual([])
    expect(signalGroup(pgid, 0)).toBe(true)
    expect(await isRunning(pgid)).toBe(false)
  })

  it('leaves a process that has left the group', async () => {
    await using place = await scratch()
    await using line = await lifeline(place.at('line'))
    await using group = await start(sh`setsid bash -c 'exec 3> ${line.path}; echo $$ >&3; exec sleep 1000' & wait`)
    const other = Number(await line.line())
    await endGroup(group.pgid, LONG_MS)
    expect(await isRunning(other)).toBe(true)
    signalGroup(other, 'SIGKILL')
    expect(await line.end()).toEqual([])
  })
})
