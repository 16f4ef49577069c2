import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { addressesOf, launchCommand, type LaunchPlace } from '../../src/executor/launch-command.ts'
import { parseOptions } from '../../src/manager/options.ts'
import { settingsOf } from '../../src/settings.ts'

const place: LaunchPlace = {
  node: '/opt/node 24/bin/node',
  program: '/home/ann/manager.js',
  addresses: ['10.0.0.5', 'fd00::5'],
  port: 54_001,
  keysDir: "/home/ann/it's/keys",
  logdir: '/home/ann/logs',
  killGraceMs: 5_000,
  walltimeMs: 3_600_000,
  isHere: false,
}

/** The words that a shell makes of it. */
const wordsOf = (command: string): string[] =>
  execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n')

describe('the command of a manager', () => {
  it('is words for a shell that the manager understands', () => {
    const settings = settingsOf({ maxWorkersPerNode: 4, memPerWorker: '2GiB', drainPeriod: '1h', workers: 'threads' })
    const [node, program, ...args] = wordsOf(launchCommand(settings, place, '7'))
    expect([node, program]).toEqual([place.node, place.program])
    expect(parseOptions(args)).toEqual({
      addresses: ['10.0.0.5', 'fd00::5'],
      port: 54_001,
      keys: "/home/ann/it's/keys",
      blockId: '7',
      label: 'htex',
      logdir: '/home/ann/logs',
      workerKind: 'threads',
      coresPerWorker: 1,
      memPerWorker: 2 * 2 ** 30,
      maxWorkersPerNode: 4,
      prefetch: 0,
      heartbeatPeriod: '30000ms',
      heartbeatThreshold: '120000ms',
      drainPeriod: '3600000ms',
      probeTimeout: '30000ms',
      killGrace: '5000ms',
      walltime: '3600000ms',
    })
  })

  it('says where nothing is encrypted, and that the block is here', () => {
    const words = wordsOf(launchCommand(settingsOf({}), { ...place, keysDir: undefined, isHere: true }, '0'))
    expect(words).toContain('--keys=none')
    expect(words).toContain('--watch-parent')
  })

  it('stands in the text of the user, wherever that wants it', () => {
    const settings = settingsOf({ launchCommand: 'module load node && {command} $& || echo "{command}"' })
    const command = launchCommand(settingsOf({}), place, '0')
    expect(launchCommand(settings, place, '0')).toBe(`module load node && ${command} $& || echo "${command}"`)
  })
})

describe('the addresses of a machine', () => {
  const face = (address: string, family: 'IPv4' | 'IPv6', internal = false) =>
    ({ address, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as never

  it('are those that others may reach first, once each, without those that need the name of an interface', () => {
    const faces = {
      lo: [face('127.0.0.1', 'IPv4', true), face('::1', 'IPv6', true)],
      eth0: [face('fe80::1', 'IPv6'), face('fd00::5', 'IPv6'), face('10.0.0.5', 'IPv4')],
      eth1: [face('10.0.0.5', 'IPv4')],
      gone: undefined,
    }
    expect(addressesOf(faces)).toEqual(['10.0.0.5', 'fd00::5', '127.0.0.1', '::1'])
  })
})
