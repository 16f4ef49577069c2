import { type BuildOptions, build, type BuildResult } from 'esbuild'
import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** What a package of ES modules needs in one of CommonJS, and the other way round. */
const formats = {
  esm: {
    format: 'esm',
    banner: {
      js: `import { createRequire as requireHere } from 'node:module'; const require = requireHere(import.meta.url)`,
    },
  },
  cjs: {
    format: 'cjs',
    define: { 'import.meta.url': 'this_url' },
    banner: { js: `const this_url = require('node:url').pathToFileURL(__filename).href` },
  },
} satisfies Record<string, BuildOptions>

const bundle = (outfile: string, options: BuildOptions): Promise<BuildResult<{ metafile: true }>> =>
  build({
    entryPoints: [join(root, 'test/programs/bundled.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    logLevel: 'silent',
    ...options,
    metafile: true,
  })

/** Our own packages that a bundle holds something of. */
const packagesIn = ({ outputs }: BuildResult<{ metafile: true }>['metafile']): string[] => {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs))
  const held = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
  return [...new Set(held.flatMap((path) => /(?:^|\/)packages\/([^/]+)\//.exec(path)?.[1] ?? []))].toSorted()
}

describe.each([
  { name: 'ES module', file: 'program.mjs', options: formats.esm, mostMB: 2 },
  { name: 'ES module, minified', file: 'program.mjs', options: { ...formats.esm, minify: true }, mostMB: 1.3 },
  { name: 'CommonJS', file: 'program.cjs', options: formats.cjs, mostMB: 2 },
  { name: 'CommonJS, minified', file: 'program.cjs', options: { ...formats.cjs, minify: true }, mostMB: 1.3 },
])('a program that was bundled into one file: $name', ({ name, file, options, mostMB }) => {
  it('runs in an empty folder, and holds no executor or provider that it does not use', async () => {
    await using folder = await scratch()
    const { metafile, warnings } = await bundle(folder.at(file), options)
    expect(warnings).toEqual([])
    expect(await readdir(folder.path)).toEqual([file])

    const run = promisify(execFile)(process.execPath, [file], { cwd: folder.path, env: { PATH: process.env['PATH'] } })
    const { stdout, stderr } = await run
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ tripled: 42, host: hostname(), json: { big: 7 }, text: 'hello' })

    expect(packagesIn(metafile)).toEqual(['core', 'data', 'executor-local', 'interfaces', 'serialize', 'worker'])
    const megabytes = (await stat(folder.at(file))).size / 1e6
    console.log(`${name}: ${megabytes.toFixed(2)} MB`)
    expect(megabytes).toBeLessThan(mostMB)
  })
})
