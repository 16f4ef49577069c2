/** Reads what a workflow recorded in WfFormat 1.5 says of its tasks: who waits for whom, and how long each took. */
import { refuse, ReplayError } from './replay-error.ts'

const VERSION = '1.5'

/** A task as its record says it, before anything is known of the others. */
export interface RecordedTask {
  readonly id: string
  readonly parents: readonly string[]
  readonly seconds: number
}

/** A recorded workflow, its tasks in the order of the file. */
export interface Recording {
  readonly name: string
  readonly tasks: readonly RecordedTask[]
}

interface Specified {
  readonly id: string
  readonly parents: readonly string[]
  readonly children: readonly string[]
}

interface Executed {
  readonly id: string
  readonly runtimeInSeconds: number
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
const isSeconds = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const parse = (text: string, source: string): Readonly<Record<string, unknown>> => {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch (error) {
    throw new ReplayError(`${source} is not JSON: ${(error as Error).message}`, { cause: error })
  }
  if (isObject(read)) return read
  throw new ReplayError(
    `${source} is no recorded workflow: it holds ${JSON.stringify(read).slice(0, 40)}, not an object`,
  )
}

/** The list at `workflow.<part>.tasks`. */
const listAt = (file: Readonly<Record<string, unknown>>, part: string, source: string): readonly unknown[] => {
  const { workflow } = file
  const holder = isObject(workflow) ? workflow[part] : undefined
  const tasks = isObject(holder) ? holder['tasks'] : undefined
  if (Array.isArray(tasks) && tasks.length > 0) return tasks
  const hint = part === 'execution' ? ': a workflow without recorded run times cannot be replayed' : ''
  throw new ReplayError(`${source} has no tasks at workflow.${part}.tasks${hint}`)
}

type Fields = Readonly<Record<string, { readonly is: (value: unknown) => boolean; readonly must: string }>>

const SPECIFIED: Fields = {
  parents: { is: isTexts, must: 'a list of ids' },
  children: { is: isTexts, must: 'a list of ids' },
}
const EXECUTED: Fields = { runtimeInSeconds: { is: isSeconds, must: 'a number, 0 or more' } }

/** The items of a list by their ids, once each. */
const byId = <Item extends { readonly id: string }>(
  list: readonly unknown[],
  { at, fields, source }: { readonly at: string; readonly fields: Fields; readonly source: string },
): ReadonlyMap<string, Item> => {
  const found = new Map<string, Item>()
  const complaints = list.flatMap((item, index) => {
    if (!isObject(item) || !isText(item['id'])) return [`${at}[${index}] has no id`]
    const { id } = item
    if (found.has(id)) return [`${at} has ${id} twice`]
    found.set(id, item as object as Item)
    return Object.entries(fields).flatMap(([name, { is, must }]) =>
      is(item[name]) ? [] : [`${name} of ${id} in ${at} is ${JSON.stringify(item[name])}, and must be ${must}`],
    )
  })
  refuse(`${source} breaks WfFormat ${VERSION}`, complaints)
  return found
}

/** Each edge is said twice, once by each end. */
const edgeComplaints = (specified: ReadonlyMap<string, Specified>): string[] =>
  [...specified.values()].flatMap(({ id, parents, children }) => [
    ...parents.flatMap((parent) => {
      const other = specified.get(parent)
      if (!other) return [`${id} names the parent ${parent}, and there is no such task`]
      return other.children.includes(id) ? [] : [`${id} names the parent ${parent}, which does not name it as a child`]
    }),
    ...children.flatMap((child) => {
      const other = specified.get(child)
      if (!other) return [`${id} names the child ${child}, and there is no such task`]
      return other.parents.includes(id) ? [] : [`${id} names the child ${child}, which does not name it as a parent`]
    }),
  ])

const timeComplaints = (
  specified: ReadonlyMap<string, Specified>,
  executed: ReadonlyMap<string, Executed>,
): string[] => [
  ...[...specified.keys()].filter((id) => !executed.has(id)).map((id) => `${id} has no recorded run time`),
  ...[...executed.keys()]
    .filter((id) => !specified.has(id))
    .map((id) => `a run time of ${id} is recorded, and there is no such task`),
]

/**
 * What the text of a file says; `source` is what errors call it.
 * @throws ReplayError with every complaint
 */
export const readRecording = (text: string, source: string): Recording => {
  const file = parse(text, source)
  if (file['schemaVersion'] !== VERSION)
    throw new ReplayError(
      `${source} has the schemaVersion ${JSON.stringify(file['schemaVersion'])}, and only "${VERSION}" is read: ` +
        'the tools of WfFormat migrate older files',
    )
  const specified = byId<Specified>(listAt(file, 'specification', source), {
    at: 'workflow.specification.tasks',
    fields: SPECIFIED,
    source,
  })
  const executed = byId<Executed>(listAt(file, 'execution', source), {
    at: 'workflow.execution.tasks',
    fields: EXECUTED,
    source,
  })
  refuse(`${source} contradicts itself`, [...edgeComplaints(specified), ...timeComplaints(specified, executed)])
  return {
    name: isText(file['name']) ? file['name'] : source,
    tasks: [...specified.values()].map(({ id, parents }) => ({
      id,
      parents: [...new Set(parents)],
      seconds: executed.get(id)?.runtimeInSeconds ?? Number.NaN,
    })),
  }
}
