/** What bodies of a bundled program may use: variables, functions, Node, a package that is in the bundle too. */
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { bashApp, type DataFile, jsApp, load, output, sh } from '@parsl/core'
import { toJson } from 'hyparquet'

const factor = 3
const times = (n: number) => n * factor

const triple = jsApp((n: number) => times(n))
const where = jsApp(() => hostname())
const json = jsApp((value: object): unknown => toJson(value))
const say = bashApp((text: string, said: DataFile) => sh`echo ${text} > ${said}`)
const read = jsApp(async ({ path }: DataFile) => (await readFile(path, 'utf8')).trim())

void load(async () => {
  const text = read(say('hello', output('said.txt')).outputs[0])
  const values = { tripled: await triple(14), host: await where(), json: await json({ big: 7n }), text: await text }
  console.log(JSON.stringify(values))
})
