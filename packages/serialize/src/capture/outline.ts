/** What stands between two braces of a source. */
export interface Block {
  /** Where its braces are; those of a file are beyond its ends. */
  readonly start: number
  end: number
  readonly parent: Block | undefined
  readonly blocks: Block[]
  /** Where statements begin, behind others that end before; a part between two of them may be left out as a whole. */
  readonly cuts: number[]
}

/** The token before, as far as it decides what a token is. */
const after = { operator: 0, operand: 1, brace: 2, dot: 3, cut: 4, puzzle: 5 } as const

/** What is open: the head of `if` and the like, the body of a `switch`, the `${` of a template. */
const open = { paren: 0, head: 1, bracket: 2, brace: 3, hole: 4, cases: 5 } as const

/** What a word does: an operand follows; that is unclear; a head follows; a statement begins; the one before goes on. */
const does = { operate: 1, puzzle: 2, head: 4, start: 8, resume: 16 } as const

const { operate, puzzle, head, start, resume } = does
const words = new Map<string, number>([
  ...'typeof case do in instanceof new void delete default extends finally'
    .split(' ')
    .map((w) => [w, operate] as const),
  ...'return throw export try'.split(' ').map((w) => [w, operate | start] as const),
  ...'yield await of'.split(' ').map((w) => [w, puzzle] as const),
  ...'if for switch'.split(' ').map((w) => [w, head | start] as const),
  ...'with catch'.split(' ').map((w) => [w, head] as const),
  ...'const var let import function class'.split(' ').map((w) => [w, start] as const),
  ['while', head | resume],
  ['else', operate | resume],
])
const modifiers = new Set(['async', 'get', 'set', 'static'])

/** By length and first character: whether one of these words may be meant. Most words of a source are none. */
const known = new Uint8Array(16 * 128)
for (const text of [...words.keys(), ...modifiers]) known[text.length * 128 + text.charCodeAt(0)] = 1

/** The source cannot be outlined without parsing it. */
class Unclear extends Error {
  override readonly name = 'Unclear'
}

interface Scan {
  readonly source: string
  at: number
  previous: number
  /** The word before, if one stands directly before. */
  word: string
  block: Block
  readonly opened: number[]
}

/** Reads the token at hand; some need to know the word before it. */
type Token = (scan: Scan, before: string) => void

const newBlock = (begin: number, parent: Block | undefined): Block => ({
  start: begin,
  end: 0,
  parent,
  blocks: [],
  cuts: [],
})

/** The first place from `from` on where the pattern matches, or the end. */
const seek = ({ source }: Scan, pattern: RegExp, from: number): number => {
  pattern.lastIndex = from
  return pattern.test(source) ? pattern.lastIndex - 1 : source.length
}

const takesStatements = ({ opened }: Scan): boolean => opened.length === 0 || opened.at(-1) === open.brace

const beginWord = (
  scan: Scan,
  { meaning, begin, before }: { meaning: number; begin: number; before: string },
): void => {
  if ((meaning & resume) !== 0 && scan.previous === after.cut) scan.block.cuts.pop()
  const isNew = scan.previous === after.operand || scan.previous === after.brace
  if ((meaning & start) !== 0 && isNew && takesStatements(scan) && !modifiers.has(before)) scan.block.cuts.push(begin)
  if ((meaning & puzzle) !== 0) scan.previous = after.puzzle
  else scan.previous = (meaning & (operate | head)) === 0 ? after.operand : after.operator
}

/** Characters that words and numbers are made of; a loop over them takes a tenth of what a pattern does. */
const inWord = Uint8Array.from({ length: 128 }, (_, code) => Number(/[\w$]/u.test(String.fromCharCode(code))))

const wordEnd = ({ source }: Scan, from: number): number => {
  let at = from
  for (let code = source.charCodeAt(at); code >= 128 || inWord[code] === 1; code = source.charCodeAt(at)) at += 1
  return at
}

const word: Token = (scan, before) => {
  const begin = scan.at
  scan.at = wordEnd(scan, begin + 1)
  const isName = known[(scan.at - begin) * 128 + scan.source.charCodeAt(begin)] !== 1 || scan.previous === after.dot
  const text = isName ? '' : scan.source.slice(begin, scan.at)
  const meaning = isName ? undefined : words.get(text)
  if (meaning === undefined) scan.previous = after.operand
  else beginWord(scan, { meaning, begin, before })
  scan.word = text === 'await' && before === 'for' ? before : text
}

const number = (scan: Scan): void => {
  do scan.at = wordEnd(scan, scan.at + 1)
  while (scan.source[scan.at] === '.')
  scan.previous = after.operand
}

const operator = (scan: Scan): void => {
  scan.at += 1
  scan.word = ''
  scan.previous = after.operator
}

/** `++` and `--` behind an operand leave it one. */
const sign = (scan: Scan): void => {
  const { source, at } = scan
  const isDouble = source[at] === source[at + 1]
  if (isDouble && source[at + 2] === '>' && scan.previous !== after.operand) throw new Unclear('an old comment')
  scan.at += isDouble ? 2 : 1
  if (!isDouble || scan.previous !== after.operand) scan.previous = after.operator
}

const dot = (scan: Scan): void => {
  const next = scan.source.charCodeAt(scan.at + 1)
  if (next >= 48 && next <= 57) return number(scan)
  const isSpread = scan.source.startsWith('...', scan.at)
  scan.at += isSpread ? 3 : 1
  scan.previous = isSpread ? after.operator : after.dot
}

const less = (scan: Scan): void => {
  if (scan.source.startsWith('<!--', scan.at)) throw new Unclear('an old comment')
  operator(scan)
}

const unclear = (): never => {
  throw new Unclear('an escape in a name')
}

const stringEnds: Readonly<Record<string, RegExp>> = { '"': /["\\]/gu, "'": /['\\]/gu }

const string = (scan: Scan): void => {
  const stop = stringEnds[scan.source[scan.at] as string] as RegExp
  let at = seek(scan, stop, scan.at + 1)
  while (scan.source[at] === '\\') at = seek(scan, stop, at + 2)
  scan.at = at + 1
  scan.previous = after.operand
}

const TEMPLATE_STOP = /[`\\$]/gu

const template = (scan: Scan): void => {
  let at = seek(scan, TEMPLATE_STOP, scan.at + 1)
  while (scan.source[at] === '\\' || (scan.source[at] === '$' && scan.source[at + 1] !== '{')) {
    at = seek(scan, TEMPLATE_STOP, at + (scan.source[at] === '$' ? 1 : 2))
  }
  const isHole = scan.source[at] === '$'
  if (isHole) scan.opened.push(open.hole)
  scan.at = at + (isHole ? 2 : 1)
  scan.previous = isHole ? after.operator : after.operand
}

const LINE_END = /[\n\r\u2028\u2029]/gu
const REGEXP_STOP = /[/[\]\\\n\r\u2028\u2029]/gu

const regexp = (scan: Scan): void => {
  let isSet = false
  let at = seek(scan, REGEXP_STOP, scan.at + 1)
  for (; scan.source[at] !== '/' || isSet; at = seek(scan, REGEXP_STOP, at + 1)) {
    const found = scan.source[at]
    if (found === '[') isSet = true
    else if (found === ']') isSet = false
    else if (found === '\\') at += 1
    else if (found !== '/') throw new Unclear('no regular expression')
  }
  scan.at = wordEnd(scan, at + 1)
  scan.previous = after.operand
  scan.word = ''
}

const slash = (scan: Scan): void => {
  const next = scan.source[scan.at + 1]
  if (next === '/') scan.at = seek(scan, LINE_END, scan.at)
  else if (next === '*') {
    const end = scan.source.indexOf('*/', scan.at + 2)
    if (end < 0) throw new Unclear('a comment without end')
    scan.at = end + 2
  } else if (scan.previous === after.operand) operator(scan)
  else if (scan.previous === after.brace || scan.previous === after.puzzle) throw new Unclear('a slash behind a brace')
  else regexp(scan)
}

const openParen: Token = (scan, before) => {
  const meaning = words.get(before) ?? 0
  scan.opened.push(before === 'switch' ? open.cases : (meaning & head) === 0 ? open.paren : open.head)
  operator(scan)
}

const openBracket = (scan: Scan): void => {
  scan.opened.push(open.bracket)
  operator(scan)
}

const openBrace: Token = (scan, before) => {
  scan.opened.push(before === ')' ? open.cases : open.brace)
  const block = newBlock(scan.at, scan.block)
  scan.block.blocks.push(block)
  scan.block = block
  operator(scan)
}

const expectOpen = (scan: Scan, ...kinds: readonly number[]): number => {
  const kind = scan.opened.pop()
  if (kind === undefined || !kinds.includes(kind)) throw new Unclear('brackets that do not match')
  return kind
}

const closeParen = (scan: Scan): void => {
  const kind = expectOpen(scan, open.paren, open.head, open.cases)
  scan.at += 1
  scan.previous = kind === open.paren ? after.operand : after.operator
  if (kind === open.cases) scan.word = ')'
}

const closeBracket = (scan: Scan): void => {
  expectOpen(scan, open.bracket)
  scan.at += 1
  scan.previous = after.operand
}

const closeBrace = (scan: Scan): void => {
  const kind = expectOpen(scan, open.brace, open.cases, open.hole)
  if (kind === open.hole) return template(scan)
  scan.block.end = scan.at
  scan.block = scan.block.parent as Block
  scan.at += 1
  scan.previous = after.brace
}

const semicolon = (scan: Scan): void => {
  scan.at += 1
  scan.previous = after.operator
  if (!takesStatements(scan)) return
  scan.block.cuts.push(scan.at)
  scan.previous = after.cut
}

const tokens: readonly (Token | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  if (/\s/u.test(char)) return undefined
  if (/[\w$#]/u.test(char)) return /\d/u.test(char) ? number : word
  const special: Readonly<Record<string, Token>> = {
    '.': dot, '/': slash, '+': sign, '-': sign, '<': less, '\\': unclear, '"': string, "'": string, '`': template,
    '(': openParen, ')': closeParen, '[': openBracket, ']': closeBracket, '{': openBrace, '}': closeBrace, ';': semicolon,
  } // prettier-ignore
  return special[char] ?? operator
})

const beyond = (char: string): Token | undefined => (/\s/u.test(char) ? undefined : word)

const run = (scan: Scan): void => {
  const { source } = scan
  while (scan.at < source.length) {
    const code = source.charCodeAt(scan.at)
    const token = code < 128 ? tokens[code] : beyond(source[scan.at] as string)
    if (token === undefined) scan.at += 1
    else {
      const before = scan.word
      if (token !== slash) scan.word = ''
      token(scan, before)
    }
  }
}

/**
 * Finds the braces of a source and where its statements begin, many times faster than a parser would, and without what
 * is in between. Undefined where only a parser could tell what a character means.
 */
export const outlineOf = (source: string): Block | undefined => {
  const root = newBlock(-1, undefined)
  root.end = source.length
  const begin = source.startsWith('#!') ? Math.max(source.indexOf('\n'), 2) : 0
  const scan: Scan = { source, at: begin, previous: after.operator, word: '', block: root, opened: [] }
  try {
    run(scan)
    return scan.opened.length === 0 ? root : undefined
  } catch (error) {
    if (error instanceof Unclear) return undefined
    throw error
  }
}
