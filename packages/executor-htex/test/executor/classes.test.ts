import { describe, expect, it } from 'vitest'
import { newClasses } from '../../src/executor/classes.ts'
import { aPacked, aPart, aSpec } from './given.ts'

const LIMITS = { killGraceMs: 5_000, heapMb: undefined, coresPerWorker: 1 }

describe('classes of tries', () => {
  it('take up the parts of an app when a second try has the same', () => {
    const classOf = newClasses(LIMITS)
    const spec = aSpec()
    const app = [aPart('spec'), aPart('body')]
    const first = classOf(spec, aPacked(app))
    expect(first).toMatchObject({ isNew: true, parts: ['spec', 'body'], taskClass: { n: 0, parts: [] } })
    const second = classOf(spec, aPacked(app, [aPart('share')]))
    expect(second).toMatchObject({ isNew: true, parts: ['share'], taskClass: { n: 1, parts: ['spec', 'body'] } })
    const third = classOf(spec, aPacked(app))
    expect(third).toEqual({ taskClass: second.taskClass, isNew: false, parts: [] })
  })

  it('are as few for apps that are made anew for each task as for one', () => {
    const classOf = newClasses(LIMITS)
    const classes = Array.from({ length: 50 }, (_, n) => classOf(aSpec(), aPacked([aPart(`spec ${n}`)])))
    expect(new Set(classes.map(({ taskClass }) => taskClass.n)).size).toBe(1)
    expect(classes.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(classes[49]?.parts).toEqual(['spec 49'])
  })

  it('do not grow where the function of an app is another for each task', () => {
    const classOf = newClasses(LIMITS)
    const spec = aSpec()
    const fixed = aPart('spec')
    const classes = Array.from({ length: 50 }, (_, n) => classOf(spec, aPacked([fixed, aPart(`body ${n}`)])))
    expect(new Set(classes.map(({ taskClass }) => taskClass.n)).size).toBe(1)
    expect(classes[49]?.parts).toEqual(['spec', 'body 49'])
  })

  it('say what a task needs, in workers, bytes and milliseconds', () => {
    const classOf = newClasses({ ...LIMITS, heapMb: 64, coresPerWorker: 2 })
    const resources = { cores: 3, memory: '1GiB', custom: { licences: 1 } }
    const { taskClass } = classOf(aSpec({ resources, walltimeMs: 9_000 }), aPacked([aPart('spec')]))
    expect(taskClass).toMatchObject({
      app: 'align',
      needs: { cores: 2, memory: 2 ** 30, custom: { licences: 1 } },
      walltimeMs: 9_000,
      graceMs: 5_000,
      heapMb: 1_024,
    })
    expect(classOf(aSpec(), aPacked([aPart('spec')])).taskClass).toMatchObject({ needs: {}, heapMb: 64 })
  })
})
