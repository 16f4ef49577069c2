import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { processStart } from '../../src/runs/process-start.js'

describe.each([['linux' as const], ['darwin' as const]])('the start of a process, as %s tells it', (platform) => {
  it.skipIf(platform === 'linux' && process.platform !== 'linux')(
    'stays the same while it runs, and is gone with it',
    async () => {
      const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] })
      await once(child, 'spawn')
      const pid = child.pid as number
      const seen = await processStart(pid, platform)
      expect(seen).toMatch(/\d/)
      expect(await processStart(pid, platform)).toBe(seen)
      child.stdin.end()
      await once(child, 'exit')
      expect(await processStart(pid, platform)).toBeUndefined()
    },
  )
})

it.runIf(process.platform === 'linux')(
  'tells apart processes of one number after a restart of the machine',
  async () => {
    expect(await processStart(process.pid)).toMatch(/^[\da-f-]{36} \d+$/)
    expect(await processStart(1)).not.toBe(await processStart(process.pid))
  },
)
