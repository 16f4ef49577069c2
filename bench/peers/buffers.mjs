import { move } from 'piscina'

export const length = (bytes) => bytes.length
export const last = (bytes) => bytes[bytes.length - 1]
export const make = (size) => new Uint8Array(size).fill(1)
export const makeMoved = (size) => move(new Uint8Array(size).fill(1))
