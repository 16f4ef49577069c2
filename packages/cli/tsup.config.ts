import { packageBuild } from '../../tsup.base.js'

export default packageBuild({ entry: { main: 'src/main.ts' } })
