/** Put in by the build. */
declare const WORKER_PROGRAM: string

/** The program of a worker with all that it imports, as an ES module. */
export const workerProgram: string = WORKER_PROGRAM
