import type { Script } from '../../src/capture/inspector.ts'
import { type ModuleTree, parseModule } from '../../src/capture/module-tree.ts'

/** The tree of a script that was never loaded. */
export const parsed = (text: string, parts: Partial<Script> = {}): ModuleTree => {
  const url = 'file:///user/main.js'
  const place = { url, startLine: 0, startColumn: 0, sourceMapURL: '' }
  return parseModule({ scriptId: '1', isModule: true, ...place, ...parts }, text)
}
