import type { Script } from '../../src/capture/inspector.ts'

/** A script that was never loaded. */
export const parsed = (parts: Partial<Script> = {}): Script => ({
  scriptId: '1',
  url: 'file:///user/main.js',
  isModule: true,
  startLine: 0,
  startColumn: 0,
  sourceMapURL: '',
  ...parts,
})
