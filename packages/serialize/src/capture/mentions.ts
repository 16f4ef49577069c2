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

/** A name behind one of them is read, unless it is assigned at once. */
const OPERAND_BEFORE =
  /(?:[=%<>&|^!~?]|[^*]\/|\$\{|\b(?:return|typeof|case|in|of|await|new|throw|void|delete|yield|instanceof|else|do))[ \t]*$/u

const DOT_BEFORE = /(?:^|[^.])\.[ \t]*$/u

const END = /\s*[,;)\]}]/uy
const PART = /\s*[,\]}]/uy
const BRACKET = /["'`/;()[\]{}\\]/gu

const matches = (pattern: RegExp, source: string, at: number): boolean => {
  pattern.lastIndex = at
  return pattern.test(source)
}

/** A part of a longer list is not looked at. */
const farthest = 400

/** Behind a string that starts at a place, if that is easily told. */
const behindString = (source: string, at: number): number | undefined => {
  const end = source.indexOf(source[at] as string, at + 1)
  return end < 0 || /[\\\n]|\$\{/u.test(source.slice(at, end)) ? undefined : end + 1
}

/** The bracket around a place that closes first behind it, if that is easily told. */
const closerOf = (source: string, from: number): number | undefined => {
  let depth = 0
  BRACKET.lastIndex = from
  for (
    let found = BRACKET.exec(source);
    found !== null && found.index - from < farthest;
    found = BRACKET.exec(source)
  ) {
    const { index } = found
    const char = found[0]
    if ('([{'.includes(char)) depth += 1
    else if (')]}'.includes(char)) depth -= 1
    else if ('"\'`'.includes(char)) BRACKET.lastIndex = behindString(source, index) ?? source.length
    else if (char !== ';' || depth === 0) return undefined
    if (depth < 0) return index
  }
  return undefined
}

const SET_BEHIND = /\s*(?:=(?![=>])|[\w$/\u0080-\uffff])/uy
const LIST_BEHIND = /\s*[,:)\]}]/uy
const BODY_BEHIND = /\s*(?:=>|\{)/uy

/** Whether a name that is a part of a list may stand in a pattern: what follows the brackets around it tells. */
const mayBeInPattern = (source: string, from: number): boolean => {
  let isNested = false
  for (let at = closerOf(source, from); at !== undefined; at = closerOf(source, at + 1)) {
    // Parameters of a function stand in its head; only patterns among them have braces, which may be left out.
    if (source[at] === ')') return isNested && matches(BODY_BEHIND, source, at + 1)
    if (matches(SET_BEHIND, source, at + 1)) return true
    if (!matches(LIST_BEHIND, source, at + 1)) return false
    isNested = true
  }
  return true
}

/** What stands before on the same line, as far as it matters: what a line above ends with may be a comment. */
const lineBefore = (source: string, start: number): string =>
  /[^\n\r\u2028\u2029]*$/u.exec(source.slice(Math.max(0, start - 14), start))?.[0] ?? ''

const placeBefore = (source: string, start: number): number => {
  let before = start - 1
  while (source.charCodeAt(before) <= 32) before -= 1
  return before
}

/** Whether a name at a place may be declared or assigned there; if in doubt it is. */
const mayBeSet = (source: string, start: number, end: number): boolean => {
  const line = lineBefore(source, start)
  if (DOT_BEFORE.test(line)) return false
  const before = placeBefore(source, start)
  const isStep = source[before] === '+' || source[before] === '-'
  if (isStep || FUNCTION_BEFORE.test(source.slice(Math.max(0, before - 12), start))) return true
  if (matches(READ, source, end)) return false
  if (OPERAND_BEFORE.test(line) && matches(END, source, end)) return false
  return !matches(PART, source, end) || mayBeInPattern(source, end)
}

/** Where a name is looked for. */
export interface Search {
  readonly name: string
  readonly start: number
  readonly end: number
}

/**
 * Calls `found` with the places between two offsets where a name may be declared or assigned, or with all
 * places. In strings and comments it may be found too.
 */
export const eachMention = (
  source: string,
  { name, start, end, all }: Search & { readonly all: boolean },
  found: (offset: number) => void,
): void => {
  for (let at = source.indexOf(name, start); at >= 0 && at < end; at = source.indexOf(name, at + name.length)) {
    const behind = at + name.length
    if (isWordCode(source.charCodeAt(at - 1)) || isWordCode(source.charCodeAt(behind))) continue
    // What tsc makes of an exported variable is a member of `exports`, which is set there.
    if (all || name === 'exports' || mayBeSet(source, at, behind)) found(at)
  }
}
