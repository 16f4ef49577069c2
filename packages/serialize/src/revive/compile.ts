import { compileFunction } from 'node:vm'
import { own, type SourceCode } from '../capture/code.js'
import { importOnce, importing } from './imports.js'

/** What compiled code gives for one function made of it. */
export interface Made {
  readonly fn: unknown
  readonly fill: (values: Readonly<Record<string, unknown>>) => void
  readonly setPrivates: ((values: unknown) => void) | undefined
}

/** Makes one function; `have` are values that are there before anything is evaluated. */
export type Factory = (have: Readonly<Record<string, unknown>>, base: unknown, meta: unknown) => Made

const opening: Readonly<Record<SourceCode['form'], (code: SourceCode) => string>> = {
  expression: () => 'const parsl$fn = parsl$one(',
  declaration: () => '',
  method: ({ async, generator }) => `const parsl$fn = parsl$one(({ ${async ? 'async ' : ''}${generator ? '*' : ''}m`,
  getter: () => 'const parsl$fn = parsl$one(Object.getOwnPropertyDescriptor({ get m',
  setter: () => 'const parsl$fn = parsl$one(Object.getOwnPropertyDescriptor({ set m',
}

const closing: Readonly<Record<SourceCode['form'], (code: SourceCode) => string>> = {
  expression: () => ')',
  declaration: ({ declared }) => `const parsl$fn = ${declared}`,
  method: () => '}).m)',
  getter: () => "}, 'm').get)",
  setter: () => "}, 'm').set)",
}

const given = own.have

/** What fills in the captured values. The names of its own are none that a user's text has. */
const fillText = ({ names, cells, cellsName }: SourceCode): string => {
  const values = names.map((name) => `${name} = ${given}[${JSON.stringify(name)}];`)
  const shared = cells.map((name) => `${cellsName}[${JSON.stringify(name)}] = ${given}[${JSON.stringify(name)}];`)
  return `const parsl$fill = (${given}) => { ${[...values, ...shared].join(' ')} };`
}

/** What stands before the text. It is on the text's first line. */
const startOf = (code: SourceCode): string => {
  const { imports, globals, intrinsics, early, names, form, declared } = code
  const had = new Set([
    ...imports.map(({ local }) => local),
    ...[...globals, ...intrinsics, ...early].map(([name]) => name),
  ])
  const variables = [...new Set([...had, ...names])].filter((name) => form !== 'declaration' || name !== declared)
  return [
    code.strict ? "'use strict';" : '',
    variables.length > 0 ? `let ${variables.join(', ')};` : '',
    ...[...had].map((name) => `${name} = ${given}[${JSON.stringify(name)}];`),
    `let ${own.privates}; const ${code.cellsName} = Object.create(null);`,
    fillText(code),
    // What is handed on by a call gets no name from its place.
    'const parsl$one = (fn) => fn;',
    opening[form](code),
    '',
  ].join(' ')
}

const endOf = (code: SourceCode): string =>
  `\n${closing[code.form](code)}\nreturn { fn: parsl$fn, fill: parsl$fill, setPrivates: ${own.privates} }`

/** Where it was revived before, it has this value among what it captured. */
const metaName = ({ names }: SourceCode): string => (names.includes(own.meta.trim()) ? 'parsl$unused' : own.meta.trim())

/** The offsets make the place of each error its place in the user's file. */
export const compile = (code: SourceCode): Factory => {
  const start = startOf(code)
  const imports = code.text.includes('import')
  if (imports) importOnce()
  return compileFunction(`${start}${code.text}${endOf(code)}`, [given, own.base, metaName(code)], {
    filename: code.url,
    lineOffset: code.line,
    columnOffset: code.column - start.length,
    ...(imports && importing),
  }) as unknown as Factory
}
