/* oxlint-disable -- as packages are */
const mark = (name, value) => Object.defineProperty(value, Symbol.for('parsl.intrinsic'), { value: name })
const shell = (parts, ...values) => ['program', ...parts, ...values]
export const sh = mark('sh', shell)
export class Failure extends Error {
  at = 'program'
}
mark('Failure', Failure)
export const load = Object.defineProperty(() => 'loaded', Symbol.for('parsl.stays'), { value: 'it stays for the test' })
export const kernels = new WeakMap()
export default mark('sh', (...given) => shell(...given))
