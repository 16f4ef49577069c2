/** Exit codes of a manager, for whoever reads the end of its job. */
export const exitCodes = { done: 0, broken: 1, settings: 2, refused: 3, unreachable: 4, silence: 5 } as const
