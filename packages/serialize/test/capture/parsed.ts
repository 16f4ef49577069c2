import type { Script } from '../../src/capture/inspector.ts'
import { lineStartsOf, type ModuleTree, parseModule } from '../../src/capture/module-tree.ts'

/** A script that was never loaded. */
export const script = (parts: Partial<Script> = {}): Script => ({
  scriptId: '1',
  url: 'file:///user/main.js',
  isModule: true,
  startLine: 0,
  startColumn: 0,
  length: 0,
  hash: '',
  sourceMapURL: '',
  ...parts,
})

/** The whole of such a script. */
export const parsed = (source: string, parts: Partial<Script> = {}): ModuleTree =>
  parseModule(script(parts), { source, lineStarts: lineStartsOf(source), text: source, isWrapped: true })
