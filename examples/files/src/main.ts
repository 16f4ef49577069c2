// Files: an app is told what it reads and what it makes. A file to be made is a future, and can be given on at once.
import { readdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { bashApp, type DataFile, file, isParslError, jsApp, load, output, sh } from '@parsl/core'

// In a body every file is a `DataFile` with a `path`. `sh` writes that path as one quoted word, an array as several.
const makeNumbers = bashApp((numbers: DataFile) => sh`seq 1000 > ${numbers}`)
const cut = bashApp((numbers: DataFile, parts: DataFile) => {
  const folder = dirname(parts.path)
  return sh`mkdir -p ${folder} && split -l 400 ${numbers} ${folder}/part-`
})
const pack = bashApp(
  (parts: readonly DataFile[], folder: DataFile) => sh`mkdir ${folder} && cp ${parts} ${folder} && gzip ${folder}/*`,
)
const forget = bashApp((_forgotten: DataFile) => sh`echo 'was there anything else?'`, { name: 'forget' })
const countLines = jsApp(async (text: DataFile) => (await readFile(text.path, 'utf8')).split('\n').length - 1)
const names = jsApp((files: readonly DataFile[]) => files.map(({ filename }) => filename))
const list = jsApp(async (folder: DataFile) => (await readdir(folder.path)).sort())

await rm('out', { recursive: true, force: true })
await load(async () => {
  // `output` promises a file. Its future is in `outputs`; what gets it as an argument waits for the file.
  const [numbers] = makeNumbers(output('out/numbers.txt')).outputs
  console.log(`${numbers.filename} is promised`)
  console.log(`${numbers.filename} has ${await countLines(numbers)} lines`)

  // `output.glob` promises as many files as match the pattern; its future gives the list of them.
  const [parts] = cut(numbers, output.glob('out/parts/part-*')).outputs
  console.log('parts:', await names(parts))

  // `output.directory` promises a folder.
  const [packed] = pack(parts, output.directory('out/packed')).outputs
  console.log('packed:', await list(packed))

  // `file` is a file that is there already.
  console.log(`package.json has ${await countLines(file('package.json'))} lines`)

  // A promise that is not kept is an error.
  try {
    await forget(output('out/forgotten.txt'))
  } catch (error) {
    if (!isParslError(error, 'PARSL_APP_MISSING_OUTPUTS')) throw error
    console.log(error.message.replace(process.cwd(), '.'))
  }
})
