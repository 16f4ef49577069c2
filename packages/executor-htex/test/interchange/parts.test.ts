import { describe, expect, it } from 'vitest'
import { newPartStore } from '../../src/interchange/parts.js'

const part = (id: string, size = 100) => ({ id, isText: false, content: new Uint8Array(size) })

describe('a store of parts', () => {
  it('forgets those first that were not asked for the longest', () => {
    const store = newPartStore(300)
    for (const id of ['a', 'b', 'c']) store.add(part(id))
    store.get('a')
    store.add(part('d'))
    expect(['a', 'b', 'c', 'd'].filter((id) => store.get(id))).toEqual(['a', 'c', 'd'])
    expect(store.bytes).toBe(300)
  })

  it('keeps what waiting tries need, until the last of them has gone', () => {
    const store = newPartStore(300)
    store.pin('a')
    store.pin('a')
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) store.add(part(id))
    store.unpin('a')
    store.add(part('g'))
    expect(store.get('a')).toBeDefined()
    store.unpin('a')
    for (const id of ['h', 'i', 'j']) store.add(part(id))
    expect(store.get('a')).toBeUndefined()
    expect(store.bytes).toBe(300)
  })

  it('keeps one that is larger than all its room, and one that comes again once', () => {
    const store = newPartStore(300)
    store.add(part('a', 1_000))
    store.add(part('a', 1_000))
    expect([store.get('a')?.content.byteLength, store.bytes]).toEqual([1_000, 1_000])
    store.forget('a')
    store.forget('a')
    expect([store.get('a'), store.bytes]).toEqual([undefined, 0])
  })

  it('keeps no memory beyond the part itself', () => {
    const store = newPartStore(300)
    const chunk = new Uint8Array(64_000)
    store.add({ id: 'a', isText: true, content: chunk.subarray(10, 110) })
    expect(store.get('a')?.content.buffer.byteLength).toBe(100)
  })
})
