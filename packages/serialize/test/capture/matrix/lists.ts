import { cases as given } from '../corpus/cases.ts'
import { cases as meta } from '../corpus/meta.ts'
import { cases as more } from '../corpus/more.ts'
import { cases as shapes } from '../corpus/shapes.ts'

export const lists = { given, more, meta, shapes }
