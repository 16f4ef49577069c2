import { describe, expect, it } from 'vitest'
import { newParts } from '../../src/manager/parts.js'
import { partOf } from './world.js'

describe('the parts that a manager keeps', () => {
  it('stay as long as a try needs them, and then up to so many bytes, the longest unused first', () => {
    const parts = newParts(20)
    for (const id of ['a', 'b', 'c']) {
      parts.pin([id], 1)
      parts.put(partOf(id))
    }
    expect(parts.idleBytes).toBe(0)
    for (const id of ['b', 'a', 'c']) parts.unpin([id], 1)
    expect(parts.takeForgotten()).toEqual(['b'])
    expect(parts.pin(['a', 'b', 'c'], 2)).toEqual(['b'])
    expect(parts.idleBytes).toBe(0)
  })

  it('wake the tries that waited for them', () => {
    const parts = newParts(100)
    expect(parts.pin(['a', 'b'], 1)).toEqual(['a', 'b'])
    expect(parts.pin(['a'], 2)).toEqual(['a'])
    expect(parts.lacking()).toEqual(['a', 'b'])
    parts.unpin(['a'], 2)
    expect(parts.put(partOf('a'))).toEqual([1])
    expect(parts.put(partOf('a'))).toEqual([])
    expect(parts.lacking()).toEqual(['b'])
    expect(parts.get(['a']).parts.map(([id]) => id)).toEqual(['a'])
    expect(parts.get(['a', 'b']).fault).toBe('part b is not here')
  })

  it('that no task will take any more go when the last try that needs them has ended', () => {
    const parts = newParts(100)
    parts.pin(['a'], 1)
    parts.put(partOf('a'))
    parts.put(partOf('b'))
    parts.forget(['a', 'b', 'unknown'])
    expect(parts.takeForgotten()).toEqual(['b'])
    parts.unpin(['a'], 1)
    expect(parts.takeForgotten()).toEqual(['a'])
  })

  it('do not keep the message in memory that they came in', () => {
    const parts = newParts(10_000)
    const message = new Uint8Array(1_000_000)
    parts.put({ id: 'a', isText: false, content: message.subarray(0, 100) })
    const [content] = parts.get(['a']).parts.map((part) => part[1] as Uint8Array)
    expect(content?.buffer.byteLength).toBe(100)
  })
})
