declare const cjs: {
  readonly twice: (x: number) => number
  readonly place: (name: string) => string
}
export = cjs
