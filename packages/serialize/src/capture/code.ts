/** How the text of a function stands in the text that is compiled. */
export type CodeForm = 'expression' | 'declaration' | 'method' | 'getter' | 'setter'

/** Something the other side has itself: a member of a module, or a global object. */
export interface Imported {
  readonly local: string
  /** `node:path`, the name of a package or one of its entry points. */
  readonly from: string
  /** `*` for the module as a whole. */
  readonly exported: string
  /** A module that was made of an ES module has a `default` of its own. */
  readonly interop?: boolean
  /** Name and version by the package's own package.json. */
  readonly package?: string
}

/** What the place of a module says about itself. */
export interface ModulePlace {
  readonly url: string
  readonly dirname: string
  readonly filename: string
}

/** A function or class of the user's files, apart from what it closes over. */
export interface SourceCode {
  readonly kind: 'source'
  /** Hash of the syntax tree and the place. */
  readonly id: string
  readonly tree: string
  readonly text: string
  readonly form: CodeForm
  readonly async: boolean
  readonly generator: boolean
  readonly isClass: boolean
  readonly strict: boolean
  readonly url: string
  /** From zero, as the place of the text in the file. */
  readonly line: number
  readonly column: number
  readonly name: string
  /** The name it is declared by, if it is a declaration. */
  readonly declared: string
  /** Variables that are given to it. */
  readonly names: readonly string[]
  /** Variables that are assigned again; each lives in a cell that other functions may share. */
  readonly cells: readonly string[]
  /** Under which name the text finds the cells. */
  readonly cellsName: string
  /** Values needed to evaluate the class itself: parts of computed keys. */
  readonly early: readonly (readonly [name: string, value: EarlyValue])[]
  readonly imports: readonly Imported[]
  readonly globals: readonly (readonly [local: string, name: string])[]
  readonly intrinsics: readonly (readonly [local: string, name: string])[]
  readonly meta?: ModulePlace
  /** Static private fields. */
  readonly privates: readonly string[]
}

export type EarlyValue = string | number | { readonly symbol: string; readonly wellKnown: boolean }

/** A function made by `bind`. */
export interface BoundCode {
  readonly kind: 'bound'
  readonly name: string
}

/** A function or class that a package exports. */
export interface PackageCode extends Pick<SourceCode, 'name' | 'url' | 'line' | 'imports'> {
  readonly kind: 'package'
  /** What leads to it from what is imported. */
  readonly keys: readonly string[]
}

export type Code = SourceCode | BoundCode | PackageCode

/** Keys in what is captured that no variable can have. */
export const special = {
  target: '[[target]]',
  self: '[[this]]',
  args: '[[arguments]]',
  parent: '[[superclass]]',
  prototype: '[[prototype]]',
  prototypeParent: '[[prototype of prototype]]',
  privates: '[[private]]',
  lock: '[[lock]]',
} as const

/** Names that the compiled text uses beside the user's. */
export const own = {
  have: 'parsl$have',
  key: 'parsl$key',
  cells: 'parsl$cells',
  meta: 'parsl$meta ',
  base: 'parsl$base',
  privates: 'parsl$privates',
} as const
