import { afterEach, expect, it, vi } from 'vitest'
import { testKernel } from '../fixture.js'

afterEach(() => void vi.restoreAllMocks())

it.each([true, false])('shows how far the run has come where progress is %s', async (progress) => {
  const written: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text))
    return true
  })
  await using kernel = await testKernel({ progress })
  await kernel.jsApp(() => 1)()
  await kernel
    .jsApp(() => Promise.reject(new Error('x')))()
    .settled()
  await kernel.close()
  expect(/1\/2 done, 1 failed/.test(written.join(''))).toBe(progress)
})
