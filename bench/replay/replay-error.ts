/** What whoever started the replay can mend: told without a stack. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError'
}

const MOST = 8

/** One error that says all complaints, or as many as can be read. */
export const refusal = (what: string, complaints: readonly string[]): ReplayError => {
  const left = complaints.length - MOST
  const lines = [...complaints.slice(0, MOST), ...(left > 0 ? [`and ${left} more`] : [])]
  return new ReplayError([`${what}:`, ...lines.map((line) => `  - ${line}`)].join('\n'))
}

/** @throws ReplayError where there are complaints */
export const refuse = (what: string, complaints: readonly string[]): void => {
  if (complaints.length > 0) throw refusal(what, complaints)
}
