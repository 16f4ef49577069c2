import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { changed, recordingPath, taskOf } from './replay/fixture.ts'

const program = join(import.meta.dirname, '../../bench/replay.ts')
const run = promisify(execFile)

/** The measures of a replay, by their names. */
const measuresOf = async (...args: readonly string[]): Promise<ReadonlyMap<string, Record<string, unknown>>> => {
  const { stdout } = await run(process.execPath, [program, ...args])
  const lines = stdout.trim().split('\n')
  return new Map(lines.map((line) => JSON.parse(line)).map((facts) => [facts.measure, facts]))
}

/** What a replay that is refused says. */
const refusalOf = async (...args: readonly string[]): Promise<unknown> => {
  const refused = run(process.execPath, [program, ...args])
  return refused.then(
    ({ stdout }) => stdout,
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

describe('pnpm bench replay', () => {
  it('prints the makespan of a recorded workflow beside its list schedule and its bound', async () => {
    const found = await measuresOf(recordingPath, '--slots', '2', '--scale', '0.001')
    expect([...found.keys()]).toEqual([
      'replay_scale',
      'replay_makespan',
      'replay_over_ideal',
      'replay_over_bound',
      'ideal_over_bound',
      'body_late',
      'hand_over',
    ])
    expect(found.get('replay_scale')).toMatchObject({ bench: 'replay', value: 0.001 })
    expect(found.get('replay_makespan')).toMatchObject({
      unit: 's, 10 tasks of library-search, 2 slots (processes), submission order',
      peer: 'list schedule',
      // Worked out by hand: 110 50 0 on one slot, 20 40 80 60 30 10 5.5 on the other.
      peerValue: 0.2455,
    })
    const ratio = (measure: string): number => Number(found.get(measure)?.['value'])
    const makespan = ratio('replay_makespan')
    expect(makespan).toBeGreaterThanOrEqual(0.2027)
    expect(ratio('replay_over_bound')).toBeCloseTo(makespan / 0.20275, 2)
    expect(ratio('replay_over_ideal')).toBeCloseTo(makespan / 0.2455, 2)
  })

  it('puts the longest remaining path first on request', async () => {
    const args = [recordingPath, '--slots', '2', '--scale', '0.001', '--executor', 'threads']
    const found = await measuresOf(...args, '--order', 'critical-path')
    expect(found.get('replay_makespan')).toMatchObject({
      unit: 's, 10 tasks of library-search, 2 slots (threads), critical-path order',
    })
  })

  it('chooses a scale by itself, and never makes tasks longer than they were', async () => {
    await using folder = await scratch()
    const short = join(folder.path, 'short.json')
    const text = changed(({ workflow }) => {
      for (const task of workflow.execution?.tasks ?? []) task.runtimeInSeconds = 0.005
    })
    await writeFile(short, text)
    expect((await measuresOf(short)).get('replay_scale')).toMatchObject({ value: 1 })
  })

  it('ends with one clear error for what cannot be replayed', async () => {
    await using folder = await scratch()
    const [circle, idle, missing] = ['circle.json', 'idle.json', 'missing.json'].map((name) => join(folder.path, name))
    await writeFile(
      circle as string,
      changed((file) => {
        taskOf(file, 'publish').children.push('unpack')
        taskOf(file, 'unpack').parents.push('publish')
      }),
    )
    await writeFile(
      idle as string,
      changed(({ workflow }) => {
        for (const task of workflow.execution?.tasks ?? []) task.runtimeInSeconds = 0
      }),
    )
    const said = async (file = ''): Promise<string> => {
      const refused = await refusalOf(file)
      expect(refused).toMatchObject({ code: 1, stdout: '' })
      return (refused as { stderr: string }).stderr
    }
    expect(await said(circle)).toMatch(
      /^.*circle\.json cannot be run: its tasks wait for each other in a circle, .+\n$/,
    )
    expect(await said(idle)).toBe(`${idle} cannot be replayed: all its run times are 0\n`)
    expect(await said(missing)).toMatch(/missing\.json cannot be read: ENOENT.*\n$/)
    expect(await said('--slots=0')).toMatch(/^pnpm bench replay FILE .*\n {2}- one FILE is wanted, and there are 0\n/)
  })
})
