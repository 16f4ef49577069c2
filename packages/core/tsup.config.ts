import { packageBuild } from '../../tsup.base.js'

export default packageBuild({
  entry: {
    index: 'src/index.ts',
    checkpoints: 'src/memo/checkpoints.ts',
    concurrent: 'src/concurrent/index.ts',
    runs: 'src/runs/index.ts',
  },
})
