import { parseBytes, type ResourceSpec, type TaskSpec } from '@parsl/interfaces'
import { heapMbOf, type Packed, patienceFor } from '@parsl/worker'
import type { Needs, TaskClass } from '../wire/messages.js'

type Part = Packed['parcel']['parts'][number]

/** What is the same for all tries of an executor. */
export interface ClassLimits {
  readonly killGraceMs: number
  /** MiB */
  readonly heapMb: number | undefined
  readonly coresPerWorker: number
}

/** The class of a try, and what it needs beyond the parts of its class. */
export interface Classed {
  readonly taskClass: TaskClass
  /** It was made for this try. */
  readonly isNew: boolean
  /** Ids. */
  readonly parts: readonly string[]
}

/** What is known of the tries of one app. */
interface AppClasses {
  /** Without parts: other apps that are alike in all else have the same. */
  readonly bare: TaskClass
  /** The parts that its last try had of the app. */
  lastParts: readonly Part[]
  /** With those parts, once two tries had the same. */
  full: { readonly taskClass: TaskClass; readonly parts: readonly Part[] } | undefined
}

const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

/** Workers that a task takes. */
export const workersFor = ({ cores }: ResourceSpec, { coresPerWorker }: Pick<ClassLimits, 'coresPerWorker'>): number =>
  cores === undefined ? 1 : Math.max(1, Math.ceil(cores / coresPerWorker))

const needsOf = (resources: ResourceSpec, limits: ClassLimits): Needs => {
  const { cores, memory, gpus, custom } = resources
  return defined({
    cores: cores === undefined ? undefined : workersFor(resources, limits),
    memory: memory === undefined ? undefined : parseBytes(memory),
    gpus,
    custom,
  }) as Needs
}

const descriptionOf = (spec: TaskSpec, limits: ClassLimits): Omit<TaskClass, 'n' | 'parts'> => {
  const { memory } = spec.resources
  return {
    app: spec.app,
    needs: needsOf(spec.resources, limits),
    walltimeMs: spec.walltimeMs,
    graceMs: patienceFor(spec, limits.killGraceMs),
    heapMb: memory === undefined ? limits.heapMb : heapMbOf(memory),
  }
}

const beginsWith = (parts: readonly Part[], first: readonly Part[], count: number): boolean =>
  first.length === count && first.every((part, at) => part === parts[at])

const idsFrom = (parts: readonly Part[], at: number): readonly string[] =>
  parts.length === at ? NONE : parts.slice(at).map(([id]) => id)

const NONE: readonly string[] = []

/**
 * Sorts tries into classes. A class names the parts of its app only where a second try has the same ones: functions that are
 * made anew for each task, or whose variables change, would else make a class each, and nobody forgets classes.
 */
export const newClasses = (limits: ClassLimits): ((spec: TaskSpec, packed: Packed) => Classed) => {
  const apps = new WeakMap<TaskSpec, AppClasses>()
  const alike = new Map<string, TaskClass>()
  let count = 0

  const bareOf = (spec: TaskSpec): { readonly taskClass: TaskClass; readonly isNew: boolean } => {
    const description = descriptionOf(spec, limits)
    const key = JSON.stringify(description)
    const known = alike.get(key)
    if (known) return { taskClass: known, isNew: false }
    const taskClass = { ...description, n: count++, parts: NONE }
    alike.set(key, taskClass)
    return { taskClass, isNew: true }
  }

  const firstOf = (spec: TaskSpec, parts: readonly Part[], appParts: number): Classed => {
    const { taskClass, isNew } = bareOf(spec)
    apps.set(spec, { bare: taskClass, lastParts: parts.slice(0, appParts), full: undefined })
    return { taskClass, isNew, parts: idsFrom(parts, 0) }
  }

  return (spec, { parcel, appParts }) => {
    const { parts } = parcel
    const app = apps.get(spec)
    if (!app) return firstOf(spec, parts, appParts)
    const { full, bare, lastParts } = app
    if (full && beginsWith(parts, full.parts, appParts))
      return { taskClass: full.taskClass, isNew: false, parts: idsFrom(parts, appParts) }
    if (!beginsWith(parts, lastParts, appParts)) {
      app.lastParts = parts.slice(0, appParts)
      return { taskClass: bare, isNew: false, parts: idsFrom(parts, 0) }
    }
    const taskClass = { ...bare, n: count++, parts: lastParts.map(([id]) => id) }
    app.full = { taskClass, parts: lastParts }
    return { taskClass, isNew: true, parts: idsFrom(parts, appParts) }
  }
}
