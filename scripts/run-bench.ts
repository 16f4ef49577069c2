// `pnpm bench <name> [arguments]` runs bench/<name>.ts.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

const [name = '', ...rest] = process.argv.slice(2)
const script = `bench/${name}.ts`
if (!existsSync(script)) {
  const known = readdirSync('bench').filter((entry) => entry.endsWith('.ts'))
  console.error(
    `No benchmark ${JSON.stringify(name)}. Known: ${known.map((entry) => entry.slice(0, -3)).join(', ') || 'none'}`,
  )
  process.exit(1)
}
process.exit(spawnSync(process.execPath, [script, ...rest], { stdio: 'inherit' }).status ?? 1)
