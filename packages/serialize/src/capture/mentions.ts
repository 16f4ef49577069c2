const isWordCode = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 36 ||
  code === 95 ||
  code >= 128

const ASSIGNS = String.raw`[\s)]*(?:[-+*/%&|^<>?]{0,3}=(?![=>])|\+\+|--|(?:of|in)\b)`

/** What follows a name that is only read there. */
const READ = new RegExp(
  String.raw`\s*(?:[.[(\u0060]|\)(?!${ASSIGNS})|\?(?!\?=)|:|={2,3}|=>|!=|\+(?![+=])|-(?![-=])|[*%^](?![*=])|[<>]=?(?![<>])|&&(?!=)|\|\|(?!=)|[&|](?![&|=]))`,
  'uy',
)

const FUNCTION_BEFORE = /(?:\bfunction|\*)\s*$/u

/** Whether a name at a place may be declared or assigned there; if in doubt it is. */
const mayBeSet = (source: string, start: number, end: number): boolean => {
  let before = start - 1
  while (source.charCodeAt(before) <= 32) before -= 1
  const char = source[before]
  if (char === '.' && source[before - 1] !== '.') return false
  if (char === '+' || char === '-' || FUNCTION_BEFORE.test(source.slice(Math.max(0, before - 10), start))) return true
  READ.lastIndex = end
  return !READ.test(source)
}

/**
 * Calls `found` with the places between two offsets where a name may be declared or assigned. In strings and comments
 * it may be found too.
 */
export const eachMention = (
  source: string,
  { name, start, end }: { readonly name: string; readonly start: number; readonly end: number },
  found: (offset: number) => void,
): void => {
  for (let at = source.indexOf(name, start); at >= 0 && at < end; at = source.indexOf(name, at + name.length)) {
    const behind = at + name.length
    if (isWordCode(source.charCodeAt(at - 1)) || isWordCode(source.charCodeAt(behind))) continue
    // What tsc makes of an exported variable is a member of `exports`, which is set there.
    if (name === 'exports' || mayBeSet(source, at, behind)) found(at)
  }
}
