import { type Staging, staysAsConfiguration } from '@parsl/interfaces'

/** Files that are where they are: on this machine, or on a file system that the workers share. Nothing moves. */
export const localStaging = (): Staging =>
  staysAsConfiguration({
    name: 'local',
    claims: (file) => file.scheme === 'file',
    stageIn: (file) => ({ path: file.path }),
    stageOut: (file) => ({ path: file.path }),
  })

staysAsConfiguration(localStaging)
