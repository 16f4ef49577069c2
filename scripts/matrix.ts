// `pnpm matrix [--node 24] [--loader tsx]` judges the cases of `@parsl/serialize` under each version of Node and each
// loader, and prints a line for each. A line fails when a case is wrong or a list of cases is missing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Column, columns } from './matrix/columns.ts'
import { createProject, type Project, runner } from './matrix/project.ts'
import { nodeBinary } from './matrix/versions.ts'

/** For each case of each list what went wrong, null if nothing did. */
type Report = Readonly<Record<string, Readonly<Record<string, string | null>>>>

const lists = ['given', 'more', 'meta', 'shapes', 'packages']
const limitMs = 120_000

const { values: options } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: ['22.18', '24', '26'] },
    loader: { type: 'string', multiple: true, default: [''] },
  },
})

const environment = ({ dir }: Project, { file, renamed }: { file: string; renamed: boolean }): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  NO_COLOR: '1',
  PARSL_REPORT: file,
  PARSL_RUNNER: runner,
  PARSL_SOURCES: join(dir, 'src/corpus'),
  PARSL_RENAMED: renamed ? '1' : '0',
})

const reportOf = async ({ type, prepare, command, renamed = false }: Column, node: string): Promise<Report> => {
  await using project = await createProject(type)
  await prepare?.(project)
  const file = join(project.dir, 'report.json')
  const { status, stdout, stderr } = spawnSync(node, [...command(project)], {
    cwd: project.dir,
    encoding: 'utf8',
    env: environment(project, { file, renamed }),
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  if (status !== 0 || !existsSync(file)) return { program: { runs: `exit code ${status}\n${stdout}\n${stderr}` } }
  return JSON.parse(await readFile(file, 'utf8')) as Report
}

const runColumn = async (column: Column, { version, node }: { version: string; node: string }): Promise<void> => {
  const began = performance.now()
  const report = await reportOf(column, node)
  const verdicts = Object.entries(report).flatMap(([list, cases]) =>
    Object.entries(cases).map(([name, verdict]) => ({ name: `${list} › ${name}`, verdict })),
  )
  const wrong = verdicts.filter(({ verdict }) => verdict !== null)
  for (const list of lists) {
    const isMissing = Object.keys(report[list] ?? {}).length === 0 && column.without !== list
    if (isMissing) wrong.push({ name: list, verdict: 'has no cases' })
  }
  const passed = wrong.length === 0
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const right = verdicts.filter(({ verdict }) => verdict === null).length
  console.log(
    `${passed ? 'passed' : 'FAILED'} Node ${version}, ${column.name}: ${right} of ${verdicts.length} (${seconds} s)`,
  )
  for (const { name, verdict } of wrong) console.log(`    ${name}: ${String(verdict).replaceAll('\n', '\n        ')}`)
  if (!passed) process.exitCode = 1
}

const wanted = columns.filter(({ name }) => options.loader.some((part) => name.includes(part)))
if (wanted.length === 0) throw new Error(`No such loader. Known: ${columns.map(({ name }) => name).join(', ')}`)
for (const version of options.node) {
  const node = nodeBinary(version)
  for (const column of wanted) await runColumn(column, { version, node })
}
