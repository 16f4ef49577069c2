import { type Bytes, parseBytes } from '@parsl/interfaces'

const MEBIBYTE = 2 ** 20

/** Memory that was asked for, as Node is told of heaps: in whole MiB, at least one. */
export const heapMbOf = (memory: Bytes): number => Math.max(1, Math.floor(parseBytes(memory) / MEBIBYTE))
