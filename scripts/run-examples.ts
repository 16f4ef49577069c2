// Runs every example by its `start` script and prints a line for each. An example fails by its exit code, by taking
// too long, by writing to standard error (warnings are not for users), or when a line of its `expected.txt` does not
// appear in what it printed.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

const limitMs = 120_000

interface Run {
  code: number | null
  stdout: string
  stderr: string
  all: string
}

const start = (folder: string): Promise<Run> =>
  new Promise((resolve, reject) => {
    const child = spawn('pnpm', ['--silent', 'start'], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const run: Run = { code: null, stdout: '', stderr: '', all: '' }
    const limit = setTimeout(() => {
      run.all += `\nStill running after ${limitMs / 1000} seconds; killed.\n`
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, limitMs)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      run.stdout += text
      run.all += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      run.stderr += text
      run.all += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(limit)
      resolve({ ...run, code })
    })
  })

const missingLines = (folder: string, stdout: string): string[] => {
  const expected = `${folder}/expected.txt`
  if (!existsSync(expected)) return []
  return readFileSync(expected, 'utf8')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => !stdout.includes(line))
}

const wanted = process.argv.slice(2)
const known = readdirSync('examples').filter((name) => existsSync(`examples/${name}/package.json`))
const unknown = wanted.filter((name) => !known.includes(name))
if (unknown.length > 0) throw new Error(`No example ${unknown.join(', ')}. Known: ${known.join(', ')}`)

for (const name of wanted.length > 0 ? wanted : known) {
  const folder = `examples/${name}`
  const began = performance.now()
  const { code, stdout, stderr, all } = await start(folder)
  const missing = missingLines(folder, stdout)
  const passed = code === 0 && stderr === '' && missing.length === 0
  console.log(`${passed ? 'passed' : 'FAILED'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  if (passed) continue
  process.exitCode = 1
  console.log(
    all
      .trimEnd()
      .split('\n')
      .slice(-40)
      .map((line) => `    ${line}`)
      .join('\n'),
  )
  if (code !== 0) console.log(`    exit code ${code}`)
  if (stderr !== '') console.log('    wrote to standard error')
  for (const line of missing) console.log(`    not printed: ${line}`)
}
