/** What bodies may change around them, and what is put back after each. */
export interface KeptEnvironment {
  /** Variables for the body that begins. */
  add(env: Readonly<Record<string, string>>): void
  restore(): void
}

/** Tells whether anything was written into `process.env`, without looking through it after each body. */
const watchEnv = (): KeptEnvironment => {
  const real = process.env
  const before = { ...real }
  let isTouched = false
  const touch =
    <Args extends readonly unknown[]>(act: (...args: Args) => boolean) =>
    (...args: Args): boolean => {
      isTouched = true
      return act(...args)
    }
  const ours = new Proxy(real, {
    set: touch((target, key, value) => Reflect.set(target, key, value)),
    deleteProperty: touch((target, key) => Reflect.deleteProperty(target, key)),
    defineProperty: touch((target, key, descriptor) => Reflect.defineProperty(target, key, descriptor)),
  })
  process.env = ours
  return {
    add: (env) => void Object.assign(ours, env),
    restore: () => {
      if (process.env !== ours) process.env = ours
      if (!isTouched) return
      isTouched = false
      for (const key of Object.keys(real)) if (!Object.hasOwn(before, key)) delete real[key]
      for (const [key, value] of Object.entries(before)) if (real[key] !== value) real[key] = value
    },
  }
}

type Globals = Record<PropertyKey, unknown>
type Found = readonly [key: PropertyKey, descriptor: PropertyDescriptor]

/** Whether each of these still has its value: a text of its own, since a loop over a hundred names takes longer than many a body. */
const comparison = (found: readonly Found[]): ((all: Globals) => boolean) => {
  const named = found.filter(([key]) => typeof key === 'string')
  const text = named.map(([key], index) => `all[${JSON.stringify(key)}] === values[${index}]`).join(' && ')
  // oxlint-disable-next-line typescript/no-implied-eval -- made of names that this process has
  const compare = new Function('all', 'values', `return ${text}`) as (all: Globals, values: unknown[]) => boolean
  const values = named.map(([, { value }]) => value as unknown)
  return (all) => compare(all, values)
}

/** Globals by their names. What a package adds when it is loaded stays: it is loaded once. */
const watchGlobals = (): (() => void) => {
  const all = globalThis as unknown as Globals
  const found = Reflect.ownKeys(all).flatMap((key): Found[] => {
    const descriptor = Reflect.getOwnPropertyDescriptor(all, key)
    return descriptor?.configurable === true ? [[key, descriptor]] : []
  })
  const values = found.filter(([, descriptor]) => 'value' in descriptor)
  const isSame = comparison(values)
  // Node makes these when they are first read, and puts the value in the place of the getter.
  const late = found.filter(([, descriptor]) => 'get' in descriptor)
  return () => {
    if (!isSame(all)) {
      for (const [key, descriptor] of values)
        if (all[key] !== descriptor.value) Reflect.defineProperty(all, key, descriptor)
    }
    for (const [key, descriptor] of late) {
      if (Reflect.getOwnPropertyDescriptor(all, key)?.get !== descriptor.get)
        Reflect.defineProperty(all, key, descriptor)
    }
  }
}

/**
 * Remembers the environment variables, the globals and the working directory as they are, and puts them back. What a body changes deep within objects
 * of Node or of packages stays as it left it.
 */
export const keepEnvironment = (): KeptEnvironment => {
  const env = watchEnv()
  const restoreGlobals = watchGlobals()
  const cwd = process.cwd()
  return {
    add: (more) => {
      if (Object.keys(more).length > 0) env.add(more)
    },
    restore: () => {
      env.restore()
      restoreGlobals()
      if (process.cwd() !== cwd) process.chdir(cwd)
    },
  }
}
