import { packageBuild } from '../../tsup.base.js'

/** The program of workers in one file, with all that it imports. Names stay, since stacks and errors show them. */
export default packageBuild({
  entry: { 'worker-program': 'src/serve/main.ts' },
  noExternal: [/.*/],
  splitting: false,
  sourcemap: false,
  // Some of what it imports is CommonJS, and requires modules of Node.
  banner: {
    js: "import { createRequire as parslRequire } from 'node:module'; const require = parslRequire(import.meta.url);",
  },
  esbuildOptions: (options) => {
    options.minifyWhitespace = true
    options.minifySyntax = true
  },
})
