import { defineConfig } from 'tsup'

/** JavaScript of one package. The declarations come from `tsc`, which runs after tsup in each `build` script. */
export const packageBuild = (entry: Record<string, string> = { index: 'src/index.ts' }) =>
  defineConfig({
    entry,
    format: 'esm',
    target: 'node22',
    platform: 'node',
    sourcemap: true,
    splitting: true,
    clean: true,
    dts: false,
  })
