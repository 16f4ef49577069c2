import { describe, expect, it } from 'vitest'
import { ConfigurationError, InternalConsistencyError, NoDataFlowKernelError } from '../../src/errors/config.ts'

describe('ConfigurationError', () => {
  it('is one sentence for one complaint', () => {
    expect(new ConfigurationError(['a must be text']).message).toBe('a must be text')
  })

  it('lists several complaints, and keeps them', () => {
    const error = new ConfigurationError(['a must be text', 'b is unknown'])
    expect(error.message).toBe('2 complaints:\n  - a must be text\n  - b is unknown')
    expect(error.details.complaints).toEqual(['a must be text', 'b is unknown'])
  })

  it('says something even without a complaint', () => {
    expect(new ConfigurationError([]).message).toBe('bad configuration')
  })
})

describe('NoDataFlowKernelError', () => {
  it('tells a closed kernel from none', () => {
    expect(new NoDataFlowKernelError('app a', 'closed').message).toBe(
      'app a needs a kernel, and this one is closed: load() a new one',
    )
  })
})

describe('InternalConsistencyError', () => {
  it('tells the story', () => {
    expect(new InternalConsistencyError('task 3 ended twice', ['launched', 'failed']).message).toBe(
      'task 3 ended twice\nwhat happened:\n  launched\n  failed',
    )
  })
})
