import type { ConfigurationError } from '@parsl/interfaces'
import { expect, it } from 'vitest'
import { wrappedLauncher } from '../src/index.js'
import { run } from './shell.js'

const SHAPE = { nodes: 1, tasksPerNode: 1, scriptDir: '' }

it('runs every part of the command behind its text', () => {
  const launch = wrappedLauncher({ prepend: 'env WRAPPED=yes' })
  expect(run('/bin/sh', launch('echo "$WRAPPED"; echo "$WRAPPED" | cat', SHAPE)).stdout).toBe('yes\nyes\n')
})

it('hands the command over as one word', () => {
  expect(wrappedLauncher({ prepend: 'apptainer exec image.sif' })(`echo 'a b' "$X"`, SHAPE)).toBe(
    `apptainer exec image.sif /bin/sh -c 'echo '\\''a b'\\'' "$X"'`,
  )
})

it('needs a text', () => {
  const refused = expect.objectContaining({ code: 'PARSL_CONFIG' }) as ConfigurationError
  expect(() => wrappedLauncher({} as never)).toThrow(refused)
  expect(() => wrappedLauncher({ prepend: '' })).toThrow(refused)
  expect(() => wrappedLauncher(undefined as never)).toThrow(refused)
})
