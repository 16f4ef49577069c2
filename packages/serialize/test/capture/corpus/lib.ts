/* oxlint-disable -- odd on purpose: each case is a way in which functions are written */
export const scale = 3
export function triple(x: number): number {
  return x * scale
}
export default class Point {
  x: number
  y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
  norm(): number {
    return Math.hypot(this.x, this.y)
  }
}
