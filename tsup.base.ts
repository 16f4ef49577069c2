import { defineConfig, type Options } from 'tsup'

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
    ...options,
  })
