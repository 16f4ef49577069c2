import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { makeSocketFolder, socketFolderPrefix } from '../../src/executor/socket-folder.ts'

const newGuardian = () => {
  const held = new Set<string>()
  const path = (name: string) => {
    held.add(name)
    return () => void held.delete(name)
  }
  return { held, guardian: { mark: () => ({}), processGroup: () => () => {}, command: () => () => {}, path } }
}

describe('the folder of the socket', () => {
  it('is nobody elses, and is gone in the end', async () => {
    await using home = await scratch()
    const { held, guardian } = newGuardian()
    const folder = await makeSocketFolder(home.path, guardian)
    const [made = ''] = held
    expect(folder.socketPath.startsWith(join(home.path, 'socket-'))).toBe(true)
    expect(statSync(made).mode & 0o777).toBe(0o700)
    await folder.remove()
    expect([existsSync(made), held.size]).toEqual([false, 0])
  })

  it('lies among the temporary files where a socket would lie too deep, since its path may have 107 bytes', () => {
    const deep = `/home/ann/${'run/'.repeat(30)}`
    expect(socketFolderPrefix('/home/ann/runinfo/000/htex', '/tmp')).toBe('/home/ann/runinfo/000/htex/socket-')
    expect(socketFolderPrefix(deep, '/var/tmp')).toBe('/var/tmp/parsl-')
    expect(socketFolderPrefix(deep, deep)).toBe('/tmp/parsl-')
  })
})
