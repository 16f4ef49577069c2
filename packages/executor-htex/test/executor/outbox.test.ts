import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Outbox } from '../../src/executor/outbox.ts'
import type { FromProgram, WireTask } from '../../src/wire/messages.ts'

const aTask = (id: number, bytes = 1): WireTask => ({
  id,
  of: 0,
  priority: undefined,
  parts: [],
  payload: new Uint8Array(bytes),
})

const aClass = { n: 0, app: 'a', needs: {}, walltimeMs: undefined, graceMs: 1, heapMb: undefined, parts: [] }

const newBox = () => {
  const writes: (readonly FromProgram[])[] = []
  const box = new Outbox((messages) => void writes.push(messages))
  return { box, writes }
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

const sent = (writes: readonly (readonly FromProgram[])[]): readonly (number | string)[] =>
  writes
    .flat()
    .flatMap((message): readonly (number | string)[] =>
      message.type === 'tasks' ? message.tasks.map(({ id }) => id) : [message.type],
    )

describe('what a turn has to say', () => {
  it('is one write, classes and parts before the tasks that need them', async () => {
    const { box, writes } = newBox()
    const part = { id: 'p', isText: false, content: new Uint8Array(3) }
    box.task({ taskClass: aClass, parts: [part], task: aTask(1) })
    box.task({ taskClass: undefined, parts: [], task: aTask(2) })
    expect(writes).toEqual([])
    await turn()
    expect(writes).toHaveLength(1)
    expect(writes[0]?.map(({ type }) => type)).toEqual(['classes', 'parts', 'tasks'])
    expect(sent(writes)).toEqual(['classes', 'parts', 1, 2])
  })

  it('is cut where it is long, or heavy', async () => {
    const { box, writes } = newBox()
    for (let id = 1; id <= 5_000; id++) box.task({ taskClass: undefined, parts: [], task: aTask(id) })
    const large = { isText: false, content: new Uint8Array(3 * 2 ** 20) }
    box.task({
      taskClass: undefined,
      parts: [
        { id: 'a', ...large },
        { id: 'b', ...large },
      ],
      task: aTask(5_001),
    })
    await turn()
    const lengths = writes.flat().flatMap((message) => (message.type === 'tasks' ? [message.tasks.length] : []))
    expect(Math.max(...lengths)).toBeLessThan(3_000)
    expect(writes.flat().filter(({ type }) => type === 'parts')).toHaveLength(2)
    expect(sent(writes).filter((id) => typeof id === 'number')).toHaveLength(5_001)
  })

  it('does not overtake itself, and leaves out what was taken back', async () => {
    const step = fc.oneof(fc.constant('task'), fc.constant('say'), fc.constant('turn'), fc.nat(30))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { box, writes } = newBox()
        const expected: (number | string)[] = []
        let last = 0
        for (const one of steps) {
          if (one === 'turn') await turn()
          else if (one === 'say') {
            box.say({ type: 'end' })
            expected.push('end')
          } else if (one === 'task') {
            box.task({ taskClass: undefined, parts: [], task: aTask(++last) })
            expected.push(last)
          } else if (typeof one === 'number' && one > 0 && one <= last && expected.includes(one) && box.takeBack(one)) {
            expected.splice(expected.indexOf(one), 1)
          }
        }
        await turn()
        expect(sent(writes)).toEqual(expected)
      }),
    )
  })
})
