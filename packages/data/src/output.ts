import { type DataFile, type ExpectedOutput, intrinsics } from '@parsl/interfaces'
import { file } from './data-file.js'

const OUTPUT = Symbol.for('parsl.output')

/** An argument that the app promises to make. It becomes a `DataFuture` in the future's `outputs`, and a `DataFile` in the body. */
export interface Output<Kind extends ExpectedOutput['kind'] = 'file'> extends ExpectedOutput {
  readonly kind: Kind
  /** Compile-time mark only. */
  readonly [OUTPUT_MARK]?: Kind
}
declare const OUTPUT_MARK: unique symbol

const promise = <Kind extends ExpectedOutput['kind']>(kind: Kind, target: DataFile): Output<Kind> =>
  Object.defineProperty({ kind, file: target }, OUTPUT, { value: true })

/**
 * A file that the app will make. Its folder is made before the body starts; the file is checked to exist after it.
 * @param address as for `file`
 */
export const output = (address: string | URL): Output => promise('file', file(address))

/** A folder that the app will make. */
output.directory = (address: string | URL): Output<'directory'> => promise('directory', file(address))

/**
 * Files that the app will make, known by a pattern (`parts/*.csv`), at least one. The `DataFuture` gives the list, sorted by name.
 */
output.glob = (pattern: string): Output<'glob'> => promise('glob', file(pattern))

/** Whether a value is a promised output, made by any copy of this package. */
export const isOutput = (value: unknown): value is Output<ExpectedOutput['kind']> =>
  typeof value === 'object' && value !== null && OUTPUT in value

intrinsics('@parsl/data', { output, 'output.directory': output.directory, 'output.glob': output.glob, isOutput })
