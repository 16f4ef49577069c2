export class Dec {
  constructor(d) {
    this.d = d
  }
  twice() {
    return new this.constructor(this.d * 2)
  }
}
export class Secret {
  #n = 1
  n() {
    return this.#n
  }
}
const kept = new WeakMap()
export class Kept {
  constructor() {
    kept.set(this, 1)
  }
}
class Day {
  constructor(at) {
    this.at = at
  }
  next() {
    return new Day(this.at + 1)
  }
}
export function day(at) {
  return new Day(at)
}
day.prototype = Day.prototype
class Inner {}
export const unnamed = () => new Inner()
