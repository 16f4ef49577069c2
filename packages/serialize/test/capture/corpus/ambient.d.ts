declare module 'parsl-test-esm' {
  export const one: number
  export const add: (a: number, b: number) => number
  export default function named(): string
}

declare module 'parsl-test-esm/parts/first' {
  export const part: () => string
}

declare module 'parsl-test-esm/parts/shapes' {
  export class Dec {
    readonly d: number
    constructor(d: number)
    twice(): Dec
  }
  export class Secret {}
  export class Kept {}
  interface Day {
    readonly at: number
    next(): Day
  }
  export const day: (at: number) => Day
  export const unnamed: () => object
}

declare module 'parsl-test-cjs/shapes.js' {
  export class Point {
    readonly x: number
    constructor(x: number)
    moved(): Point
  }
  const points: { readonly Point: typeof Point }
  export default points
}

declare module 'parsl-test-cjs' {
  const make: { (): string; readonly two: number; self(): boolean; readonly default: { readonly two: number } }
  export = make
}

declare module 'parsl-test-made' {
  export const three: number
  export class Base {
    n(): number
  }
  export default Base
}

declare module 'parsl-test-marked' {
  export const sh: (parts: TemplateStringsArray, ...values: unknown[]) => unknown
  export class Failure extends Error {
    readonly at: string
  }
  export const load: () => string
  export default sh
}
