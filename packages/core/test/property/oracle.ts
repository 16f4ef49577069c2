import { createHash } from 'node:crypto'
import {
  build,
  type Dag,
  fateOf,
  type JoinPlan,
  type JsPlan,
  type Leaf,
  leavesOf,
  type Shape,
  type TaskPlan,
} from './plan.js'

/** What stopped a task from outside, and where the task stood then. */
export interface Disturbance {
  /** `together`: others were stopped in the same breath, so it may have ended by one of those first. */
  readonly how: 'alone' | 'together'
  readonly wasActive: boolean
}

/** What was done to a program while it ran. */
export interface Disturbances {
  readonly stopped: ReadonlyMap<string, Disturbance>
  /** Tasks whose time may have been up. */
  readonly timedOut: ReadonlySet<string>
  /** Tasks of which a try may have run out of its time. */
  readonly overran: ReadonlySet<string>
  readonly wasClosed: boolean
  /** Executors had so long to stop what they ran that the kernel may have given them up. */
  readonly mayBeAbandoned: boolean
}

/** How a task may end: with this value, or with one of these errors. */
export interface Outcome {
  readonly value: { readonly is: unknown } | undefined
  readonly errors: ReadonlySet<string>
  /** Runs of its body, where nothing disturbed it. */
  readonly runs: number
}

const asText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(asText).join()}]`
  if (value instanceof Map)
    return `Map(${[...(value as Map<unknown, unknown>)].map(([key, inner]) => `${asText(key)}=>${asText(inner)}`).join()})`
  if (value instanceof Set) return `Set(${[...(value as Set<unknown>)].map(asText).join()})`
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}:${asText(inner)}`)
    .join()}}`
}

/** What the body of every task gives: who it is, and what it was given. */
export const valueOf = (key: string, args: readonly unknown[]) => ({
  task: key.replaceAll(/#\d+/g, ''),
  of: createHash('sha1').update(asText(args)).digest('hex').slice(0, 12),
})

export const foreignValue = (id: number): string => `foreign ${id}`

/** The root of an error's chain. */
const rootOf = (error: string): string => error.replace(/^(?:dependency|join) of /, '')

/** The tasks that a leaf may mean: those before it beside it, and those before the outermost join that it is in. */
interface Scope {
  readonly siblings: readonly Outcome[]
  readonly outer: readonly Outcome[]
  readonly wasClosed: boolean
}

const PLAIN: Outcome = { value: { is: undefined }, errors: new Set(), runs: 0 }
const NEVER: Outcome = { value: undefined, errors: new Set(), runs: 0 }

const settledOf = (value: unknown, ...errors: readonly string[]): Outcome => ({
  value: errors.length > 0 ? undefined : { is: value },
  errors: new Set(errors),
  runs: 0,
})

/** What a reference without a task before it means. */
export const NOBODY = 'nobody'

const pickFrom = ({ value, errors }: Outcome, wasClosed: boolean): Outcome => ({
  value: value && { is: (value.is as { of?: unknown }).of },
  errors: new Set([
    ...[...errors].map((error) => `dependency of ${rootOf(error)}`),
    ...(wasClosed ? ['cancelled pick'] : []),
  ]),
  runs: 0,
})

const NO_TASK = settledOf(NOBODY)

const outcomeOfLeaf = (leaf: Leaf, { siblings, outer, wasClosed }: Scope): Outcome => {
  if (leaf.kind === 'plain') return PLAIN
  if (leaf.kind === 'foreign') {
    const name = `foreign ${leaf.id}`
    return leaf.fails ? settledOf(undefined, name) : settledOf(foreignValue(leaf.id))
  }
  const among = leaf.kind === 'outer' ? outer : siblings
  const meant = among[leaf.of % among.length]
  if (!meant) return NO_TASK
  return leaf.kind === 'pick' ? pickFrom(meant, wasClosed) : meant
}

/** In the place of a future: containers hold it before its value is known, so equal values may meet there later. */
class Promised {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

const kept = (inner: unknown): unknown => {
  if (inner instanceof Promised) return inner.value
  if (Array.isArray(inner)) return inner.map(kept)
  if (inner instanceof Map) return new Map([...(inner as Map<unknown, unknown>)].map(([k, v]) => [kept(k), kept(v)]))
  if (inner instanceof Set) return new Set([...(inner as Set<unknown>)].map(kept))
  if (typeof inner !== 'object' || inner === null) return inner
  return Object.fromEntries(Object.entries(inner).map(([key, value]) => [key, kept(value)]))
}

const promisedBy = (leaf: Leaf, scope: Scope, known: Map<unknown, Promised>): unknown => {
  const outcome = outcomeOfLeaf(leaf, scope)
  if (outcome === NO_TASK) return NOBODY
  const identity = leaf.kind === 'foreign' ? `${leaf.id} ${leaf.fails}` : outcome
  const promised = known.get(identity) ?? new Promised(outcome.value?.is)
  known.set(identity, promised)
  return promised
}

/** Waiting for all of a shape: its value where all may end well, and the roots of what may fail. */
const awaitShape = (shape: Shape, scope: Scope) => {
  const outcomes = leavesOf(shape).map((leaf) => outcomeOfLeaf(leaf, scope))
  const known = new Map<unknown, Promised>()
  const value = outcomes.every((outcome) => outcome.value)
    ? { is: kept(build(shape, (leaf) => promisedBy(leaf, scope, known))) }
    : undefined
  return { value, roots: outcomes.flatMap(({ errors }) => [...errors].map(rootOf)) }
}

const unite = (one: Outcome, other: Outcome): Outcome => ({
  value: one.value ?? other.value,
  errors: new Set([...one.errors, ...other.errors]),
  runs: Math.max(one.runs, other.runs),
})

/**
 * Whether a join's body is a promise of one future, or gives a promise of somebody else's: JavaScript itself then awaits that, so its failure is
 * the body's own.
 */
const adopted = ({ result, pace, awaitsFirst, inner }: JoinPlan): boolean => {
  if ('items' in result || result.kind === 'plain') return false
  return result.kind === 'foreign' || pace === 'async' || (awaitsFirst && inner.length > 0)
}

const MOST_TRIES = 8

/** Ends of every task of a program, as a plain sequential evaluation gives them. */
export const evaluate = (dag: Dag, disturbances: Disturbances): ReadonlyMap<string, Outcome> => {
  const all = new Map<string, Outcome>()
  const { stopped, timedOut, overran, mayBeAbandoned, wasClosed } = disturbances

  const runJs = (plan: JsPlan, key: string, args: readonly unknown[]): Outcome => {
    const spent = { boom: 0, lost: 0 }
    let runs = 0
    for (let attempt = 0; ; attempt++) {
      const fate = fateOf(plan, attempt)
      if (fate !== 'lostBefore') runs++
      if (fate === 'ok') return { ...settledOf(valueOf(key, args)), runs }
      const kind = fate === 'fail' ? 'boom' : 'lost'
      spent[kind]++
      if (spent.boom > plan.retries || spent.lost > plan.infrastructureRetries)
        return { ...settledOf(undefined, `${kind} ${key} ${attempt}`), runs }
    }
  }

  const runJoin = (plan: JoinPlan, key: string, outer: readonly Outcome[]): Outcome => {
    const run = (attempt: number): Outcome => {
      const failed = (...errors: readonly string[]): Outcome =>
        attempt < plan.retries ? run(attempt + 1) : { ...settledOf(undefined, ...errors), runs: attempt + 1 }
      const fate = plan.fates[attempt] ?? 'ok'
      if (fate === 'failBefore') return failed(`boom ${key} ${attempt}`)
      const siblings: Outcome[] = []
      for (const [index, inner] of plan.inner.entries())
        siblings.push(evaluateTask(inner, `${key}#${attempt}.${index}`, { siblings: [...siblings], outer, wasClosed }))
      const first = plan.awaitsFirst ? siblings[0] : undefined
      const rejected = first && first.errors.size > 0 ? failed(...first.errors) : NEVER
      if (first && !first.value) return rejected
      if (fate === 'failAfter') return unite(rejected, failed(`boom ${key} ${attempt}`))
      const bare = adopted(plan) && outcomeOfLeaf(plan.result as Leaf, { siblings, outer, wasClosed })
      if (bare) {
        const refused = bare.errors.size > 0 ? unite(rejected, failed(...bare.errors)) : rejected
        return unite(refused, { value: bare.value, errors: new Set(), runs: attempt + 1 })
      }
      const { value, roots } = awaitShape(plan.result, { siblings, outer, wasClosed })
      const joined = { value, errors: new Set(roots.map((root) => `join of ${root}`)), runs: attempt + 1 }
      return unite(rejected, joined)
    }
    return run(0)
  }

  /** How it may end where something came from outside. */
  const disturb = (key: string, { value, errors, runs }: Outcome): Outcome => {
    const stop = stopped.get(key)
    const more = [
      ...(stop ? [`cancelled ${key}`] : []),
      ...(stop && mayBeAbandoned ? [`abandoned ${key}`] : []),
      ...(timedOut.has(key) ? [`timeout ${key}`] : []),
    ]
    if (stop?.how === 'alone') return { value: stop.wasActive ? value : undefined, errors: new Set(more), runs }
    const tries = Array.from({ length: overran.has(key) ? MOST_TRIES : 0 }, (_, attempt) => attempt)
    const overrun = tries.flatMap((attempt) => [`walltime ${key}`, `boom ${key} ${attempt}`, `lost ${key} ${attempt}`])
    return { value, errors: new Set([...errors, ...more, ...overrun]), runs }
  }

  const evaluateTask = (plan: TaskPlan, key: string, scope: Scope): Outcome => {
    const waits = plan.args.map((shape) => awaitShape(shape, scope))
    const failed = waits.flatMap(({ roots }) => roots.map((root) => `dependency of ${root}`))
    let outcome: Outcome = { value: undefined, errors: new Set(failed), runs: 0 }
    if (waits.every(({ value }) => value)) {
      const args = waits.map(({ value }) => value?.is)
      const own = plan.type === 'js' ? runJs(plan, key, args) : runJoin(plan, key, scope.outer)
      outcome = { value: own.value, errors: new Set([...failed, ...own.errors]), runs: own.runs }
    }
    const disturbed = disturb(key, outcome)
    all.set(key, disturbed)
    return disturbed
  }

  const tasks: Outcome[] = []
  for (const [index, plan] of dag.tasks.entries()) {
    const before = [...tasks]
    tasks.push(evaluateTask(plan, `t${index}`, { siblings: before, outer: before, wasClosed }))
  }
  return all
}
