// Asks why calls ran, or did not.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basicMemoizer, type Config, type DataFile, explain, file, jsApp, load } from '@parsl/core'

interface Options {
  readonly minLength: number
  readonly ignoreCase: boolean
}

const countWords = (stopWords: readonly string[]) =>
  jsApp(
    async (text: DataFile, { minLength, ignoreCase }: Options) => {
      const content = await readFile(text.path, 'utf8')
      const words = (ignoreCase ? content.toLowerCase() : content).split(/\W+/)
      return words.filter((word) => word.length >= minLength && !stopWords.includes(word)).length
    },
    { cache: true, name: 'countWords' },
  )

const config: Config = {
  memoizer: basicMemoizer({ checkpointMode: 'taskExit' }),
  runDir: 'out/runinfo',
}
const options: Options = { minLength: 3, ignoreCase: true }

/** One run of the program, with what was changed since the last. */
const run = async (what: string, app: ReturnType<typeof countWords>, given: Options): Promise<void> => {
  await load(config, async () => {
    const future = app(file('out/text.txt'), given)
    const words = await future
    const { outcome, why } = await explain(future)
    // The time of a run before is in the text; here it would differ each time.
    console.log(`${what}: ${words} words, ${outcome}`)
    console.log(`  ${why.replace(/, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, '')}`)
  })
}

await rm('out', { recursive: true, force: true })
await load(config, () => writeFile('out/text.txt', 'The cat sat on the mat, and the dog on the cat.'))

await run('first', countWords(['the']), options)
await run('nothing changed', countWords(['the']), { ignoreCase: true, minLength: 3 })
await run('an option', countWords(['the']), { ...options, minLength: 2 })
await run('what the function holds', countWords(['the', 'and']), options)
await writeFile('out/text.txt', 'The dog ate the mat.')
await run('the file', countWords(['the']), options)
