import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const packages = resolve(import.meta.dirname, '../../..')

const client = `import { ParslError } from '@parsl/interfaces'
class HttpError extends TypeError {
  get name() { return 'HttpError' }
  status = 500
  retry = () => 1
}
export const fail = () => { throw new HttpError('no answer') }
export class Timeout extends Error {}
export class Plugin extends ParslError {
  code = 'PARSL_CLIENT_LOST'
  constructor() { super('lost', { host: 'h' }) }
}
`

/** Runs the program in a folder where the package `client` is installed. */
const run = (): unknown => {
  const folder = mkdtempSync(join(tmpdir(), 'parsl-errors-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@parsl'), { recursive: true })
  for (const name of ['interfaces', 'serialize']) symlinkSync(join(packages, name), join(modules, '@parsl', name))
  mkdirSync(join(modules, 'client'))
  writeFileSync(
    join(modules, 'client/package.json'),
    '{ "name": "client", "version": "1.2.3", "type": "module", "exports": "./index.js" }',
  )
  writeFileSync(join(modules, 'client/index.js'), client)
  const program = join(folder, 'package-errors.ts')
  cpSync(join(import.meta.dirname, 'programs/package-errors.ts'), program)
  return JSON.parse(execFileSync(process.execPath, [program], { encoding: 'utf8' }))
}

const ofPackage =
  'it belongs to the package client@1.2.3, which is not seen to export it; import what gives it, and call that in the body'

it('errors arrive with all but the classes that cannot', () => {
  expect(run()).toEqual({
    hidden: {
      name: 'HttpError',
      message: 'no answer',
      stack: 'HttpError: no answer',
      status: 500,
      leftOut: [`error › class HttpError cannot travel: ${ofPackage}`, `error › retry cannot travel: ${ofPackage}`],
    },
    plugin: {
      name: 'Error',
      message: 'lost',
      stack: 'Error: lost',
      code: 'PARSL_CLIENT_LOST',
      details: { host: 'h' },
      isParslError: true,
    },
    extended: expect.objectContaining({ name: 'Error', message: 'too late', own: true }),
    checked: { is: true, code: 'PARSL_CONFIG', field: 'a' },
    unknown: {
      name: 'ConfigurationError',
      message: 'a is wrong',
      stack: 'ConfigurationError: a is wrong',
      code: 'PARSL_CONFIG',
      details: { complaints: ['a is wrong'] },
      field: 'a',
      leftOut: [
        'cannot read what arrived: nothing here is called @parsl/interfaces ConfigurationError; use the same version of @parsl on both sides',
      ],
    },
  })
})
