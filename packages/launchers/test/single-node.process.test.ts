import { availableParallelism } from 'node:os'
import type { ConfigurationError } from '@parsl/interfaces'
import { scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { singleNodeLauncher } from '../src/index.js'
import { run, shells } from './shell.js'

/** Says when the launcher's text has ended, and ends as it did. */
const andThen = (text: string): string => `code=0\n${text} || code=$?\necho then\nexit "$code"`

const shape = (nodes: number, tasksPerNode: number) => ({ nodes, tasksPerNode, scriptDir: '' })

describe.each(shells)('the launcher of one node, in %s', (shell) => {
  it('starts as many copies as the block has tasks', () => {
    const { code, stdout } = run(shell, singleNodeLauncher()('echo "$WORKERCOUNT"', shape(2, 3)))
    expect([code, stdout]).toEqual([0, '6\n'.repeat(6)])
  })

  it('tells them how many processors there are', () => {
    const { stdout } = run(shell, singleNodeLauncher()('echo "$CORES"', shape(1, 1)))
    expect(Number(stdout)).toBeGreaterThanOrEqual(availableParallelism())
  })

  it('starts them at the same time', async () => {
    await using folder = await scratch()
    // Each waits for the other.
    const meet = `touch '${folder.path}'/$(sh -c 'echo $PPID').here
while [ "$(ls '${folder.path}' | wc -l)" -lt 2 ]; do sleep 0.05; done`
    expect(run(shell, singleNodeLauncher()(meet, shape(1, 2)))).toMatchObject({ code: 0 })
  })

  it('waits for every copy, and fails only when all have', async () => {
    await using folder = await scratch()
    const first = `if mkdir '${folder.at('first')}' 2>/dev/null; then exit 3; fi; sleep 0.2; echo waited for`
    const { code, stdout } = run(shell, `set -e\n${andThen(singleNodeLauncher()(first, shape(1, 3)))}`)
    expect([code, stdout]).toEqual([0, 'waited for\nwaited for\nthen\n'])
    expect(run(shell, singleNodeLauncher()('exit 3', shape(1, 3))).code).toBe(3)
  })

  it('fails when one has, where it is told to, and waits for the others all the same', async () => {
    await using folder = await scratch()
    const first = `if mkdir '${folder.at('first')}' 2>/dev/null; then exit 3; fi; sleep 0.2; echo waited for`
    const { code, stdout } = run(shell, andThen(singleNodeLauncher({ failOnAny: true })(first, shape(1, 3))))
    expect([code, stdout]).toEqual([3, 'waited for\nwaited for\nthen\n'])
  })
})

it('refuses what is no option', () => {
  expect(() => singleNodeLauncher({ failOnAll: true } as object)).toThrow(
    expect.objectContaining({ code: 'PARSL_CONFIG' }) as ConfigurationError,
  )
})

it('writes this script', () => {
  expect(singleNodeLauncher()('work "$HOME"', shape(1, 2))).toMatchInlineSnapshot(`
    "(
    CORES=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc)
    WORKERCOUNT=2
    export CORES WORKERCOUNT
    pids=''
    started=0
    while [ "$started" -lt 2 ]; do
      (
    work "$HOME"
      ) &
      pids="$pids $!"
      started=$((started + 1))
    done
    failed=0
    code=0
    for pid in $pids; do
      wait "$pid" || { code=$?; failed=$((failed + 1)); }
    done
    [ "$failed" -lt 2 ] || exit "$code"
    )"
  `)
})
