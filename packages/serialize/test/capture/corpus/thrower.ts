type Given = { readonly n: number }

export const deep = (n: number): number => {
  const given: Given = { n }
  if (given.n > 0) return deep(given.n - 1)

  throw new RangeError('deep') // throws deep in another file
}

class Base {
  name: string
  constructor(name: string) {
    this.name = name
  }
}

export class Failing extends Base {
  static made = 0
  run(): never {
    Failing.made += 1
    throw new TypeError(this.name) // throws in a method
  }
}

let tries = 0
export const rethrown = (): void => {
  tries += 1
  class Inner extends Base {
    tries = tries
  }
  const inner = new Inner(`${tries}`)
  if (tries++ > 0 && inner.tries > 0) throw new Error(inner.name) // throws behind a variable that changes
}
