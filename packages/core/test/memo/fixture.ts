import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  basicMemoizer,
  type BasicMemoizerOptions,
  type Config,
  type DataFlowKernel,
  dataFlowKernel,
} from '../../src/index.js'
import { QUIET, scratch } from '../fixture.js'

/** Notes that a body ran: bodies are captured once, so what they wrote into a list would be no part of them. */
export const note = (journal: string, line: unknown): void => appendFileSync(journal, `${JSON.stringify(line)}\n`)

/** A folder of runs, with a journal of the bodies that ran. */
export const runsFolder = async () => {
  const folder = await scratch()
  const journal = join(folder.path, 'journal')
  const lines = (): unknown[] => {
    try {
      return readFileSync(journal, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown)
    } catch {
      return []
    }
  }
  const kernels: DataFlowKernel[] = []
  return {
    path: folder.path,
    journal,
    lines,
    /** A run below this folder, closed at the end of the scope. */
    run: async (options: BasicMemoizerOptions = {}, config: Config = {}): Promise<DataFlowKernel> => {
      const memoizer = basicMemoizer(options)
      const kernel = await dataFlowKernel({ ...QUIET, runDir: join(folder.path, 'runinfo'), memoizer, ...config })
      kernels.push(kernel)
      return kernel
    },
    [Symbol.asyncDispose]: async () => {
      for (const kernel of kernels) await kernel.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}
