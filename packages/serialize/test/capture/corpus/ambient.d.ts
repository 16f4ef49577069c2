declare module 'parsl-test-esm' {
  export const one: number
  export const add: (a: number, b: number) => number
  export default function named(): string
}

declare module 'parsl-test-esm/parts/first' {
  export const part: () => string
}

declare module 'parsl-test-cjs' {
  const make: { (): string; readonly two: number; self(): boolean; readonly default: { readonly two: number } }
  export = make
}

declare module 'parsl-test-made' {
  export const three: number
  export default class Made {
    n(): number
  }
}

declare module 'parsl-test-marked' {
  export const sh: (parts: TemplateStringsArray, ...values: unknown[]) => unknown
  export class Failure extends Error {
    readonly at: string
  }
  export const load: () => string
  export default sh
}
