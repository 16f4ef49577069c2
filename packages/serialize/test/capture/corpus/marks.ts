// Values that the other side has itself, and some that stay, of a package and of the user's own files.
import type { Case } from './cases.ts'
import byDefault, { Failure, load, sh } from 'parsl-test-marked'
import * as marked from 'parsl-test-marked'
import { marked as handedOn, sh as handed } from './re-export.ts'
import * as own from './re-export.ts'

const alias = marked

export const cases: Record<string, Case> = {
  'what a package exports': { fn: () => sh`a${1}`, expect: ['there', 'a', '', 1] },
  'its default': { fn: () => byDefault`b${2}`, expect: ['there', 'b', '', 2] },
  'members of its namespace': {
    fn: () => [marked.sh`c`, new marked.Failure('no').at],
    expect: [['there', 'c'], 'there'],
  },
  'members that the body takes of its namespace': {
    fn: () => {
      const { sh: inside, Failure: Inside } = marked
      return [inside`d`, new Inside('no') instanceof Inside]
    },
    expect: [['there', 'd'], true],
  },
  'its namespace under another name': { fn: () => alias.sh`e`, expect: ['there', 'e'] },
  'a class': { fn: () => [new Failure('no').at, new Failure('no').message], expect: ['there', 'no'] },
  'what a file hands on': {
    fn: () => [handed`f`, handedOn.sh`g`],
    expect: [
      ['there', 'f'],
      ['there', 'g'],
    ],
  },
  'members of the namespace of a file': { fn: () => [own.sh`h`, own.mine()], expect: [['there', 'h'], 'there'] },
  'members of a namespace that a file hands on': { fn: () => own.marked.sh`i`, expect: ['there', 'i'] },
  'what stays': { fn: () => load(), refuse: /load cannot travel: it stays for the test/ },
  'what stays, of the namespace': { fn: () => marked.load(), refuse: /load cannot travel: it stays for the test/ },
}
