import { type BuildOptions, build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Project, root } from './project.ts'

/** One way in which a user's program is loaded. */
export interface Column {
  readonly name: string
  readonly type: 'module' | 'commonjs'
  /** What the user's tool does before the program runs. */
  readonly prepare?: (project: Project) => Promise<void>
  /** A list of cases that cannot be loaded so. */
  readonly without?: string
  /** Variables get other names. */
  readonly renamed?: boolean
  /** What Node is called with. */
  readonly command: (project: Project) => readonly string[]
}

const tool = (path: string): string => join(root, 'node_modules', path)

/** One JavaScript file for each of TypeScript, by tsc. */
const compile =
  (module: 'esnext' | 'commonjs') =>
  async ({ dir, write }: Project): Promise<void> => {
    const compilerOptions = {
      module,
      moduleResolution: 'bundler',
      esModuleInterop: true,
      target: 'es2023',
      noCheck: true,
      types: [],
      sourceMap: true,
      rewriteRelativeImportExtensions: true,
      rootDir: 'src',
      outDir: 'out',
    }
    await write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }))
    execFileSync(process.execPath, [tool('typescript/bin/tsc'), '-p', dir], { stdio: 'inherit' })
    await cp(join(dir, 'src/corpus/cjs.cjs'), join(dir, 'out/corpus/cjs.cjs'))
  }

const here = {
  module: `import { createRequire as parslRequire } from 'node:module'
import { fileURLToPath as parslPath } from 'node:url'
const require = parslRequire(import.meta.url)
const __filename = parslPath(import.meta.url)
const __dirname = parslPath(new URL('.', import.meta.url)).slice(0, -1)`,
  commonjs: `const this_module = { url: require('node:url').pathToFileURL(__filename).href, dirname: __dirname, filename: __filename }`,
}

/** What each project that uses esbuild for Node writes sooner or later. */
const forNode = (type: Column['type']): BuildOptions => ({
  platform: 'node',
  target: 'node22',
  sourcemap: true,
  logLevel: 'error',
  ...(type === 'module' ? { format: 'esm' } : { format: 'cjs', define: { 'import.meta': 'this_module' } }),
  banner: { js: here[type] },
})

/** tsc leaves `import.meta` as it is, which CommonJS does not have. */
const compileCommonJs = async (project: Project): Promise<void> => {
  const { dir } = project
  for (const file of globSync('src/corpus/*.ts', { cwd: dir, exclude: ['**/*.d.*'] })) {
    const text = await readFile(join(dir, file), 'utf8')
    if (text.includes('import.meta')) {
      await project.write(file, `${here.commonjs} ${text.replaceAll('import.meta', 'this_module')}`)
    }
  }
  await compile('commonjs')(project)
}

const bundle =
  (type: Column['type'], options: BuildOptions = {}) =>
  async ({ dir }: Project): Promise<void> => {
    const entryPoints = [join(dir, 'src/matrix/main.ts')]
    const outfile = join(dir, 'out/main.js')
    await build({
      ...forNode(type),
      bundle: true,
      entryPoints,
      outfile,
      external: ['@parsl/*', 'msgpackr'],
      ...options,
    })
  }

const built = ({ dir }: Project): readonly string[] => [join(dir, 'out/main.js')]
const compiled = ({ dir }: Project): readonly string[] => [join(dir, 'out/matrix/main.js')]
const source = ({ dir }: Project): string => join(dir, 'src/matrix/main.ts')

const vitest = ({ write }: Project): Promise<void> =>
  write(
    'vitest.config.ts',
    `export default { test: { globals: true, include: ['src/matrix/*.suite.ts'], testTimeout: 60_000 } }`,
  )

const jest = async ({ write }: Project, { module, options }: { module: 'es6' | 'commonjs'; options: object }) => {
  await write(
    '.swcrc',
    JSON.stringify({ jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: module } }),
  )
  const config = {
    cacheDirectory: '<rootDir>/cache',
    testMatch: ['<rootDir>/src/matrix/*.suite.ts'],
    transform: { '\\.[jt]s$': tool('@swc/jest') },
    testTimeout: 60_000,
    ...options,
  }
  await write('jest.config.json', JSON.stringify(config))
}

const jestCommonJs = async (project: Project): Promise<void> => {
  // Nothing turns `import.meta` as a whole into CommonJS for jest.
  await project.write('src/corpus/meta.ts', 'export const cases = {}')
  // jest asks for this where it meets a package of ES modules.
  await jest(project, {
    module: 'commonjs',
    options: { transformIgnorePatterns: ['/node_modules/(?!parsl-test-(?:esm|marked)/)'] },
  })
}

const jestModules = (project: Project): Promise<void> =>
  jest(project, { module: 'es6', options: { extensionsToTreatAsEsm: ['.ts'] } })

const runJest = ({ dir }: Project): readonly string[] => [
  tool('jest/bin/jest.js'),
  '--rootDir',
  dir,
  '--config',
  join(dir, 'jest.config.json'),
  '--runInBand',
]

const runVitest = ({ dir }: Project): readonly string[] => [tool('vitest/vitest.mjs'), 'run', '--root', dir]

export const columns: readonly Column[] = [
  { name: 'node .ts', type: 'module', command: (project) => [source(project)] },
  { name: 'node .js', type: 'module', prepare: compile('esnext'), command: compiled },
  { name: 'node CJS', type: 'commonjs', prepare: compileCommonJs, command: compiled },
  { name: 'tsx ESM', type: 'module', command: (project) => [tool('tsx/dist/cli.mjs'), source(project)] },
  { name: 'tsx CJS', type: 'commonjs', command: (project) => [tool('tsx/dist/cli.mjs'), source(project)] },
  { name: 'vitest', type: 'module', prepare: vitest, command: runVitest },
  {
    name: 'vitest vmThreads',
    type: 'module',
    prepare: vitest,
    command: (project) => [...runVitest(project), '--pool', 'vmThreads'],
  },
  { name: 'jest', type: 'commonjs', without: 'meta', prepare: jestCommonJs, command: runJest },
  {
    name: 'jest ESM',
    type: 'module',
    prepare: jestModules,
    command: (project) => ['--experimental-vm-modules', ...runJest(project)],
  },
  { name: 'esbuild ESM', type: 'module', prepare: bundle('module'), command: built },
  { name: 'esbuild CJS', type: 'commonjs', prepare: bundle('commonjs'), command: built },
  {
    name: 'esbuild ESM minified',
    type: 'module',
    renamed: true,
    prepare: bundle('module', { minify: true }),
    command: built,
  },
  {
    name: 'esbuild CJS minified',
    type: 'commonjs',
    renamed: true,
    prepare: bundle('commonjs', { minify: true }),
    command: built,
  },
]
