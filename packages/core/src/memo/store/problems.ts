import type { Damage } from './walk.js'

const SHOWN = 20

/** Notes what was passed over in a file, in words. However much that is, the list stays short. */
export const newProblems = (path: string) => {
  const lines: string[] = []
  let others = 0
  let bytes = 0
  const add = (text: string, length: number): void => {
    if (lines.length < SHOWN) lines.push(`${path}: ${text}`)
    else {
      others++
      bytes += length
    }
  }
  return {
    damage: ({ offset, length, isTail }: Damage): void =>
      add(
        isTail
          ? `the last ${length} bytes (from ${offset} on) are no whole record, and were passed over`
          : `${length} damaged bytes at ${offset} were passed over`,
        length,
      ),
    empty: (): void => add('there is no whole record in it', 0),
    unreadable: (offset: number, length: number): void =>
      add(`the record of ${length} bytes at ${offset} is damaged, or the file was replaced meanwhile`, length),
    lines: (): readonly string[] =>
      others === 0 ? lines : [...lines, `${path}: ${others} other damaged places, ${bytes} bytes in all`],
  }
}

export type Problems = ReturnType<typeof newProblems>
