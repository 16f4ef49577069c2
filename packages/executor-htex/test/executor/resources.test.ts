import { isParslError, type ResourceSpec } from '@parsl/interfaces'
import { describe, expect, it } from 'vitest'
import { newResourceCheck, workersPerNode } from '../../src/executor/resources.ts'
import { settingsOf } from '../../src/settings.ts'
import { aSpec, aTry } from './given.ts'

const node = { nodeShape: { cores: 8, memoryBytes: 16 * 2 ** 30 } }

const complaint = (resources: ResourceSpec, options = {}): string | undefined => {
  try {
    newResourceCheck(settingsOf(options), node)(aTry(aSpec({ resources })))
    return undefined
  } catch (error) {
    if (!isParslError(error, 'PARSL_EXECUTOR_RESOURCES')) throw error
    return error.message
  }
}

describe('workers of a node', () => {
  it('are as many as the scarcest allows', () => {
    expect(workersPerNode(settingsOf({}), node)).toBe(8)
    expect(workersPerNode(settingsOf({ coresPerWorker: 0.5 }), node)).toBe(16)
    expect(workersPerNode(settingsOf({ memPerWorker: '4GiB' }), node)).toBe(4)
    expect(workersPerNode(settingsOf({ maxWorkersPerNode: 3 }), node)).toBe(3)
    expect(workersPerNode(settingsOf({}), {})).toBe(Infinity)
  })
})

describe('what a task asks for', () => {
  it('is taken where a node can give it', () => {
    expect(complaint({})).toBeUndefined()
    expect(complaint({ cores: 8, memory: '16GiB', gpus: 0, custom: { licences: 0 } })).toBeUndefined()
    expect(complaint({ cores: 8 }, { coresPerWorker: 4 })).toBeUndefined()
  })

  it('is refused where no node ever can', () => {
    expect(complaint({ cores: 9 })).toContain('9 cores take 9 of its workers, and a node has 8')
    expect(complaint({ cores: 4 }, { maxWorkersPerNode: 2 })).toContain('a node has 2')
    expect(complaint({ memory: '17GiB' })).toContain('the task asks for 17GiB')
    expect(complaint({ gpus: 1 })).toContain('workers cannot be given accelerators yet')
    expect(complaint({ custom: { licences: 1 } })).toContain('no manager has any "licences"')
  })
})
