// `pnpm matrix [--node 24] [--loader tsx] [--details]` judges the cases of `@parsl/serialize` under each loader and version of Node, one line
// each. It fails when a line is below full.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Column, columns } from './matrix/columns.ts'
import { createProject, type Project, runner } from './matrix/project.ts'
import { nodeBinary } from './matrix/versions.ts'

type Report = Readonly<Record<string, Readonly<Record<string, string | null>>>>

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

const runColumn = async ({ type, prepare, command, renamed = false }: Column, node: string): Promise<Report> => {
  await using project = await createProject(type)
  await prepare?.(project)
  const file = join(project.dir, 'report.json')
  const { status, stdout, stderr } = spawnSync(node, [...command(project)], {
    cwd: project.dir,
    encoding: 'utf8',
    env: environment(project, { file, renamed }),
    timeout: 120_000,
  })
  if (status !== 0 || !existsSync(file)) return { program: { 'it runs': `exit code ${status}\n${stdout}\n${stderr}` } }
  return JSON.parse(await readFile(file, 'utf8')) as Report
}

let failed = false
for (const version of options.node) {
  const node = nodeBinary(version)
  for (const column of columns.filter(({ name }) => options.loader.some((part) => name.includes(part)))) {
    const began = performance.now()
    const lists = Object.entries(await runColumn(column, node))
    const verdicts = lists.flatMap(([list, cases]) =>
      Object.entries(cases).map(([name, verdict]) => ({ name: `${list}: ${name}`, verdict })),
    )
    const wrong = verdicts.filter(({ verdict }) => verdict !== null)
    failed ||= wrong.length > 0
    const line = `Node ${version}, ${column.name}: ${verdicts.length - wrong.length} of ${verdicts.length}`
    console.log(`${line} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
    for (const { name, verdict } of wrong) console.log(`    ${name}: ${String(verdict).replaceAll('\n', '\n        ')}`)
  }
}
process.exitCode = failed ? 1 : 0
