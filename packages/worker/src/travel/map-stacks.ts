import type { Functions } from '@parsl/serialize'

const hasStack = (value: unknown): value is { stack: string; readonly cause?: unknown; readonly errors?: unknown } =>
  typeof value === 'object' && value !== null && typeof (value as { stack?: unknown }).stack === 'string'

/** Has an error that came back, and what caused it, point into the user's own files. Leaves what cannot be changed. */
export const mapStacks = (thrown: unknown, functions: Pick<Functions, 'mappedStack'>): void => {
  const seen = new Set<unknown>()
  const todo = [thrown]
  while (todo.length > 0) {
    const error = todo.pop()
    if (!hasStack(error) || seen.has(error)) continue
    seen.add(error)
    try {
      todo.push(error.cause, ...(Array.isArray(error.errors) ? (error.errors as unknown[]) : []))
      error.stack = functions.mappedStack(error.stack)
    } catch {
      // Frozen, or with a getter that throws: it stays as it came.
    }
  }
}
