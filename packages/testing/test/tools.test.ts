import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { errorOf, eventually, scratch } from '../src/index.js'

describe('eventually', () => {
  it('ends when it is so', async () => {
    let rounds = 0
    await eventually(() => ++rounds === 300)
    await eventually(async () => ++rounds === 302)
    expect(rounds).toBe(302)
  })

  it('says what did not come, and the state', async () => {
    const wait = eventually(() => Object.keys(process.versions).length === 0, {
      guardMs: 1,
      state: () => ({ tasks: 7 }),
    })
    const { message } = await errorOf(wait)
    expect(message).toContain('it did not come within 0.001 s')
    expect(message).toContain('process.versions')
    expect(message).toContain('{ tasks: 7 }')
  })

  it('goes on where a test has timers of its own', async () => {
    vi.useFakeTimers()
    try {
      let rounds = 0
      await eventually(() => ++rounds === 300)
    } finally {
      vi.useRealTimers()
    }
    expect(vi.isFakeTimers()).toBe(false)
  })
})

describe('scratch', () => {
  it('is a folder that is gone with its scope', async () => {
    let path = ''
    {
      await using folder = await scratch()
      path = folder.path
      await folder.fill('a.txt', 'deep/b.txt', 'empty/')
      expect(await readFile(folder.at('deep/b.txt'), 'utf8')).toBe('deep/b.txt')
      expect(existsSync(folder.at('empty'))).toBe(true)
    }
    expect(existsSync(path)).toBe(false)
  })
})

describe('errorOf', () => {
  it('gives what a promise rejects with, and throws where it gives a value', async () => {
    const error = new Error('x')
    expect(await errorOf(Promise.reject(error))).toBe(error)
    await expect(errorOf(Promise.resolve({ a: 1 }))).rejects.toThrow('{ a: 1 }')
  })
})
