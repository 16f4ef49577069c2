// What checkpoints are looked into with, by programs other than the one that wrote them: `@parsl/core/checkpoints`.
export { type Compared, differencesOf, nearestTo } from './differences.js'
export type { KeptOutput, KeyPart, MemoEntry } from './store/entries.js'
export { type CheckpointReader, openCheckpoints } from './store/open.js'
export { getAllCheckpoints } from './store/places.js'
export { type PrunedFile, type PruneOptions, type PruneReport, pruneCheckpoints } from './store/prune.js'
export type { Scanned, ScanFilter } from './store/scan.js'
