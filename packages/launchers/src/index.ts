export { simpleLauncher } from './simple.js'
export { singleNodeLauncher, type SingleNodeLauncherOptions } from './single-node.js'
export { wrappedLauncher, type WrappedLauncherOptions } from './wrapped.js'
