import { describe, expect, it } from 'vitest'
import { file } from '../../src/data-file.ts'
import { localStaging } from '../../src/staging/local.ts'

const site = { executor: 'htex', workingDir: '/site/7' }

describe('localStaging', () => {
  it('claims files of this machine, both ways, and no others', () => {
    const { claims } = localStaging()
    expect([claims(file('/data/a'), 'in'), claims(file('/data/a'), 'out')]).toEqual([true, true])
    expect([claims(file('https://host/a'), 'in'), claims(file('s3://bucket/a'), 'out')]).toEqual([false, false])
  })

  it('moves nothing', () => {
    const staging = localStaging()
    expect(staging.stageIn(file('/data/a'), site)).toEqual({ path: '/data/a' })
    expect(staging.stageOut(file('/data/a'), site)).toEqual({ path: '/data/a' })
  })
})
