/* oxlint-disable -- as packages are */
export const one = 1
export const add = (a, b) => a + b + one
export default function named() {
  return 'esm'
}
