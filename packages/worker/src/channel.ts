/** Descriptors of a worker process by which it hears its pool, and by which it is heard. The second stays blocking, so that nothing written is lost or overtaken when the process ends. */
export const channel = { hear: 3, say: 4 } as const
