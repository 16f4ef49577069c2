export interface FaultOptions {
  readonly x?: 1
}
export const executorFaults = (_options: FaultOptions): void => {}
