import { readdir, readFile, writeFile } from 'node:fs/promises'
import { defineConfig, type Options } from 'tsup'

/** An import of another part of the package for nothing but to have it run; what is needed of it is imported by name somewhere. */
const BARE = /^import "\.\/chunk-[^"]+";$/gm

/** Parts run for no sake of their own (`sideEffects: false`), and bundlers warn of imports that say otherwise. The line stays, for the source map. */
const dropBareImports = async (): Promise<void> => {
  const names = (await readdir('dist')).filter((name) => name.endsWith('.js'))
  for (const name of names) {
    const text = await readFile(`dist/${name}`, 'utf8')
    const without = text.replace(BARE, '')
    if (without !== text) await writeFile(`dist/${name}`, without)
  }
}

/** JavaScript of one package. The declarations come from `tsc`, which runs after tsup in each `build` script. */
export const packageBuild = (options: Options = {}) =>
  defineConfig({
    entry: { index: 'src/index.ts' },
    format: 'esm',
    target: 'node22',
    platform: 'node',
    sourcemap: true,
    splitting: true,
    clean: true,
    dts: false,
    onSuccess: dropBareImports,
    ...options,
  })
