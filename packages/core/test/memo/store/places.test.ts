import { errorOf, scratch } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { getAllCheckpoints, getLastCheckpoint } from '../../../src/index.js'

describe('the checkpoints of earlier runs', () => {
  it('are listed by the numbers of their runs, and only where one was written', async () => {
    await using place = await scratch()
    await place.fill(
      '999/checkpoint/tasks.ckpt',
      '1000/checkpoint/tasks.ckpt',
      '002/checkpoint/tasks.ckpt',
      '1001/checkpoint/',
      '1002/parsl.log',
      '1003',
      'notes/checkpoint/tasks.ckpt',
    )
    expect(await getAllCheckpoints(place.path)).toEqual(
      ['002', '999', '1000'].map((run) => place.at(`${run}/checkpoint`)),
    )
    expect(await getLastCheckpoint(place.path)).toEqual([place.at('1000/checkpoint')])
  })

  it('are none where nothing ran yet', async () => {
    await using place = await scratch()
    expect(await getAllCheckpoints(place.at('runinfo'))).toEqual([])
    expect(await getLastCheckpoint(place.at('runinfo'))).toEqual([])
  })

  it('are not looked for in a file', async () => {
    await using place = await scratch()
    await place.fill('runinfo')
    expect((await errorOf(getAllCheckpoints(place.at('runinfo')))).message).toContain('it cannot be read: ENOTDIR')
  })
})
