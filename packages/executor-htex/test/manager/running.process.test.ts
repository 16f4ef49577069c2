import { eventually } from '@parsl/testing'
import { describe, expect, it } from 'vitest'
import { startManager } from './manager-process.js'
import { playInterchange } from './played-interchange.js'
import { valueOf, wireApp } from './tasks.js'

describe.for(['processes', 'threads'])('a manager with %s', (kind) => {
  it('registers, runs what it is given and says when each began and how it ended', async () => {
    await using interchange = await playInterchange()
    await using manager = startManager(interchange.port, ['--worker-kind', kind])
    await eventually(() => interchange.all('register').length === 1, { state: manager.said })
    const [{ registration } = { registration: undefined }] = interchange.all('register')
    expect(registration).toMatchObject({ manager: manager.uid, block: '7', slots: 2, prefetch: 0, cores: 2, holds: [] })
    const app = wireApp((a: number, b: number) => a + b)
    const tries = Array.from({ length: 100 }, (_, i) => app.try(i, 1))
    interchange.say({ type: 'classes', classes: [app.cls] })
    interchange.say({ type: 'parts', parts: app.parts })
    interchange.say({ type: 'tasks', tasks: tries })
    const results = () => interchange.all('results').flatMap((message) => message.results)
    await eventually(() => results().length === 100, { state: () => [manager.said(), interchange.heard] })
    const byId = new Map(results().map((result) => [result.id, valueOf(result)]))
    expect(tries.map(({ id }) => byId.get(id))).toEqual(tries.map((_, i) => i + 1))
    expect(interchange.all('starts').flatMap(({ starts }) => starts).length).toBe(100)
  })
})
