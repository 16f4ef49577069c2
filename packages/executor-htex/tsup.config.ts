import { packageBuild } from '../../tsup.base.js'

export default packageBuild({
  entry: {
    index: 'src/index.ts',
    interchange: 'src/interchange/main.ts',
    manager: 'src/manager/main.ts',
    threads: 'src/manager/thread-host-main.ts',
  },
})
