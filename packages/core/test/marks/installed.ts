import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

const packages = resolve(import.meta.dirname, '../../..')

const installOwn = (name: string, into: string): void => {
  for (const part of ['dist', 'package.json']) {
    cpSync(join(packages, name, part), join(into, '@parsl', name, part), { recursive: true })
  }
  const manifest = readFileSync(join(packages, name, 'package.json'), 'utf8')
  const { dependencies = {} } = JSON.parse(manifest) as { dependencies?: Record<string, string> }
  for (const dependency of Object.keys(dependencies)) {
    const place = join(into, dependency)
    if (dependency.startsWith('@parsl/') || existsSync(place)) continue
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(realpathSync(join(packages, name, 'node_modules', dependency)), place)
  }
}

/** Installs the packages in a folder as a package manager would, and puts the programs beside this file there. */
export const install = (folder: string): void => {
  for (const name of ['interfaces', 'data', 'serialize', 'worker', 'executor-local', 'core']) {
    installOwn(name, join(folder, 'node_modules'))
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const program of globSync(join(import.meta.dirname, '*.ts'))) {
    if (!program.endsWith('.test.ts')) cpSync(program, join(folder, basename(program)))
  }
}
