export { type Blocks, startBlocks } from './blocks.js'
export {
  type BlockErrorHandler,
  type BlocksOwner,
  noopErrorHandler,
  simpleErrorHandler,
  windowedErrorHandler,
  type WindowedErrorHandlerOptions,
} from './error-handlers.js'
export { evidenceOf } from './evidence.js'
export { type BlocksOption, complaintsAboutBlocks, type ElasticOptions, limitsOf } from './options.js'
export type { BlocksSetup } from './setup.js'
export type { BlockLoad, BlockLoads } from './state.js'
