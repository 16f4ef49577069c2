import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The 22nd field of `/proc/<pid>/stat`, counted behind the name of the program, which may hold anything: ticks since the machine started. */
const TICKS_BEHIND_NAME = 19

const onLinux = async (pid: number): Promise<string> => {
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
  ])
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[TICKS_BEHIND_NAME]
  return `${boot.trim()} ${ticks}`
}

const elsewhere = async (pid: number): Promise<string> => {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }
  const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], { env })
  return stdout.trim()
}

/**
 * When a process of this machine started, as a text that no other process with the same number ever had; `undefined` where there is no such process,
 * or nothing tells.
 */
export const processStart = async (
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> => {
  try {
    return (await (platform === 'linux' ? onLinux(pid) : elsewhere(pid))) || undefined
  } catch {
    return undefined
  }
}
