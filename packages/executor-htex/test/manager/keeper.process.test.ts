import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { eventually, isRunning, processesWhere, scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { newKeeper } from '../../src/manager/keeper.js'

/** A process in a group of its own, gone with its scope. */
const start = (name: string): Disposable & { readonly pid: number } => {
  const env = { ...process.env, PARSL_WORKER_POOL_ID: name }
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore', env })
  return { pid: child.pid as number, [Symbol.dispose]: () => child.kill('SIGKILL') }
}

describe('a keeper', () => {
  it('ends the groups that it was told of and not told to forget, what bears the name, and removes the folder', async () => {
    await using folder = await scratch()
    await folder.fill('own/file', 'made by a body/file')
    const name = `keeper-${process.pid}-1`
    const keeper = newKeeper(name, folder.at('own'))
    using kept = start('other')
    using forgotten = start('other')
    using hidden = start(name)
    keeper.guardian.processGroup(kept.pid)
    keeper.guardian.processGroup(forgotten.pid)()
    keeper.guardian.path(folder.at('made by a body'))
    await keeper.close()
    await eventually(() => !isRunning(kept.pid) && !isRunning(hidden.pid))
    expect(isRunning(forgotten.pid)).toBe(true)
    expect([existsSync(folder.at('own')), existsSync(folder.at('made by a body'))]).toEqual([false, false])
  })

  it('that somebody ended has a successor, which knows the same', async () => {
    await using folder = await scratch()
    const name = `keeper-${process.pid}-2`
    const keeper = newKeeper(name, folder.at('own'))
    using kept = start('other')
    keeper.guardian.processGroup(kept.pid)
    const keepers = () => processesWhere(({ command }) => command.includes(`parsl-keeper ${name} `))
    await eventually(() => keepers().length === 1)
    const [first] = keepers()
    process.kill(first?.pid ?? 0, 'SIGKILL')
    await eventually(() => keepers().length === 1 && keepers()[0]?.pid !== first?.pid)
    expect(isRunning(kept.pid)).toBe(true)
    await keeper.close()
    await eventually(() => !isRunning(kept.pid))
  })
})
