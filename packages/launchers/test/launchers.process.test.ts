import type { BlockShape, Launcher } from '@parsl/interfaces'
import { describe, expect, it } from 'vitest'
import { simpleLauncher, singleNodeLauncher, wrappedLauncher } from '../src/index.js'
import { checkSyntax, COMMANDS, run, shells } from './shell.js'

const SHAPE: BlockShape = { nodes: 1, tasksPerNode: 1, scriptDir: '/tmp' }
const launchers: Readonly<Record<string, Launcher>> = {
  simpleLauncher: simpleLauncher(),
  singleNodeLauncher: singleNodeLauncher(),
  wrappedLauncher: wrappedLauncher({ prepend: 'env' }),
}
const all = Object.entries(launchers).flatMap(([name, launcher]) => shells.map((shell) => ({ name, launcher, shell })))

it('asks the plain shell at least', () => {
  expect(shells).toContain('/bin/sh')
})

describe.each(all)('$name in $shell', ({ launcher, shell }) => {
  it.each(Object.entries(COMMANDS))('runs a command %s', (_, [command, prints]) => {
    const text = launcher(command, SHAPE)
    checkSyntax(shell, text)
    expect(run(shell, text)).toEqual({ code: 0, stdout: prints, stderr: '' })
  })

  it("ends with the command's exit code, in a strict script too", () => {
    expect(run(shell, launcher('exit 7', SHAPE)).code).toBe(7)
    expect(run(shell, `set -eu\n${launcher('exit 7', SHAPE)}`).code).toBe(7)
    expect(run(shell, `set -eu\n${launcher('true', SHAPE)}`).code).toBe(0)
  })

  it('lets a script go on after it', () => {
    const { code, stdout } = run(shell, `${launcher('(exit 7)', SHAPE)}\necho "it came to $?"`)
    expect([code, stdout]).toEqual([0, 'it came to 7\n'])
  })

  it('gives the same text each time, and needs no folder', () => {
    const shape = { ...SHAPE, scriptDir: '' }
    expect(launcher('echo x', shape)).toBe(launcher('echo x', shape))
  })
})
