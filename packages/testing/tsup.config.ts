import { packageBuild } from '../../tsup.base.js'

export default packageBuild({
  entry: {
    index: 'src/index.ts',
    closures: 'src/closures/index.ts',
    executor: 'src/executor/index.ts',
    provider: 'src/provider/index.ts',
    workflows: 'src/workflows/index.ts',
  },
})
