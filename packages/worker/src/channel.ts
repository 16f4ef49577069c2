/**
 * Descriptors of a worker process by which it hears its pool, by which it is heard, and where it takes tickets. The second stays blocking, so that
 * nothing written is lost or overtaken when the process ends.
 */
export const channel = { hear: 3, say: 4, tickets: 5 } as const
