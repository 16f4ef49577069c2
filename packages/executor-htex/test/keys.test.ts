import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { errorOf, scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { makeKeys, readInterchangeKeys, readManagerKeys, removeKeys } from '../src/keys.js'

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

describe('the keys of a run', () => {
  it('are pairs that know each other, in files that nobody else may read', async () => {
    await using folder = await scratch()
    const keys = folder.at('run/keys')
    await makeKeys(keys)
    const [interchange, manager] = [await readInterchangeKeys(keys), await readManagerKeys(keys)]
    expect(manager.serverPublicKey).toBe(interchange.own.publicKey)
    expect(interchange.clientPublicKey).toBe(manager.own.publicKey)
    expect(manager.own.secretKey).toHaveLength(40)
    expect(await modeOf(keys)).toBe(0o700)
    for (const name of await readdir(keys)) expect(await modeOf(folder.at(`run/keys/${name}`))).toBe(0o600)
    expect(await readFile(folder.at('run/keys/manager.json'), 'utf8')).not.toContain(interchange.own.secretKey)
  })

  it('are others for each run, and gone at its end', async () => {
    await using folder = await scratch()
    const keys = folder.at('keys')
    await makeKeys(keys)
    const former = await readManagerKeys(keys)
    await makeKeys(keys)
    expect((await readManagerKeys(keys)).own.publicKey).not.toBe(former.own.publicKey)
    await removeKeys(keys)
    await removeKeys(keys)
    expect(await readdir(folder.path)).toEqual([])
  })

  it('are neither made nor read in a folder that others may enter', async () => {
    await using folder = await scratch()
    const keys = folder.at('keys')
    await makeKeys(keys)
    await chmod(keys, 0o750)
    const words = `keys in ${keys}: others may use it (mode 750)`
    for (const attempt of [makeKeys, readManagerKeys, readInterchangeKeys]) {
      const error = await errorOf(attempt(keys))
      expect(error).toMatchObject({ code: 'PARSL_CONFIG', message: expect.stringContaining(words) as string })
    }
  })

  it.each(['file that others may read', 'link', 'text', 'empty', 'nothing'])('are not read from a %s', async (kind) => {
    await using folder = await scratch()
    const keys = folder.at('keys')
    await makeKeys(keys)
    const path = folder.at('keys/manager.json')
    if (kind === 'link') {
      await removeKeys(path)
      await symlink(folder.at('keys/interchange.json'), path)
    } else if (kind === 'text') await writeFile(path, '{"own":{"publicKey":"short"}}')
    else if (kind === 'empty') await writeFile(path, '')
    else if (kind === 'nothing') await removeKeys(keys)
    else await chmod(path, 0o644)
    expect(await errorOf(readManagerKeys(keys))).toMatchObject({
      code: 'PARSL_CONFIG',
      message: expect.stringContaining(keys) as string,
    })
  })
})
