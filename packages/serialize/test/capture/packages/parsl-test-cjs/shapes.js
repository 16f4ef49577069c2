class Point {
  constructor(x) {
    this.x = x
  }
  moved() {
    return new Point(this.x + 1)
  }
}
module.exports = { Point, origin: () => new Point(0) }
