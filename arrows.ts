// Who may import whom: the only list. `oxlint.config.ts` turns it into rules, `test/arrows.test.ts` holds the
// dependencies of each package.json to it. A package that is not listed may import no other.

const executor = ['blocks', 'worker', 'serialize', 'interfaces']
const batchProvider = ['cluster', 'interfaces']
const provider = ['interfaces']

export const arrows: Readonly<Record<string, readonly string[]>> = {
  interfaces: [],
  serialize: ['interfaces'],
  // Core is a peer of the suites: whoever tests a plug-in has it. What other packages' tests use does without.
  testing: ['core', 'interfaces'],
  data: ['interfaces'],
  worker: ['data', 'serialize', 'interfaces'],
  core: ['worker', 'serialize', 'data', 'interfaces', 'executor-local'],
  launchers: ['interfaces'],
  cluster: ['interfaces'],
  blocks: ['interfaces'],
  'executor-local': executor,
  // The provider is loaded only where none is configured.
  'executor-htex': [...executor, 'provider-local'],
  'executor-wq': executor,
  'executor-flux': executor,
  'executor-radical': executor,
  'provider-local': provider,
  'provider-slurm': batchProvider,
  'provider-pbs': batchProvider,
  'provider-lsf': batchProvider,
  'provider-gridengine': batchProvider,
  'provider-condor': batchProvider,
  'provider-cobalt': batchProvider,
  'provider-ssh': provider,
  'provider-k8s': provider,
  'provider-aws': provider,
  'provider-gcp': provider,
  'provider-azure': provider,
  monitoring: ['interfaces'],
  dashboard: ['monitoring'],
  // Interfaces for durations, sizes and nearest names, which core does not hand on.
  cli: ['core', 'monitoring', 'dashboard', 'interfaces'],
}
