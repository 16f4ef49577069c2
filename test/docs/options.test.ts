import { describe, expect, it } from 'vitest'
import { namesIn, read, sectionOf } from './pages.ts'

const LOCAL = 'packages/executor-local/src'

/** Interfaces that others extend, by name. */
const bases: Readonly<Record<string, string>> = { LocalOptions: `${LOCAL}/options.ts` }

/** The members of an interface, as its source says. */
const membersOf = (path: string, name: string): string[] => {
  const source = read(path)
  const [head = '', base] = new RegExp(`export interface ${name} (?:extends (\\w+) )?{`).exec(source) ?? []
  const start = source.indexOf(head)
  const body = source.slice(start, source.indexOf('\n}', start))
  const own = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member)
  return base === undefined ? own : [...own, ...membersOf(bases[base] ?? '', base)]
}

const own = (section: string) => section.split('\n### ')[0] ?? ''

describe('docs/configuration.md', () => {
  it.each([
    ['Config', 'Config', 'packages/core/src/config/config.ts'],
    ['Backoff', 'Backoff', 'packages/interfaces/src/retry.ts'],
    ['AppOptions', 'AppOptions', 'packages/core/src/app/options.ts'],
    ['BasicMemoizerOptions', 'BasicMemoizerOptions', 'packages/core/src/memo/basic-memoizer.ts'],
    ['ResourceSpec', 'ResourceSpec', 'packages/interfaces/src/resource-spec.ts'],
    ['ThreadPoolOptions', 'ThreadPoolOptions', `${LOCAL}/thread-pool.ts`],
    ['ProcessPoolOptions', 'ProcessPoolOptions', `${LOCAL}/process-pool.ts`],
    ['InProcessOptions', 'InProcessOptions', 'packages/core/src/executor/in-process.ts'],
  ])('names below %s the members of %s, and no others', (heading, name, path) => {
    const members = membersOf(path, name)
    expect(members.length).toBeGreaterThan(2)
    expect(namesIn(own(sectionOf('docs/configuration.md', heading))).toSorted()).toEqual(members.toSorted())
  })

  it.each([
    ['docs/scaling.md', 'blocks', 'BlocksOption', 'packages/blocks/src/options.ts'],
    ['docs/scaling.md', 'The options of an executor', 'ElasticOptions', 'packages/blocks/src/options.ts'],
    [
      'packages/provider-local/README.md',
      '@parsl/provider-local',
      'LocalProviderOptions',
      'packages/provider-local/src/options.ts',
    ],
  ])('names in %s below %s the members of %s, and no others', (page, heading, name, path) => {
    const members = membersOf(path, name)
    expect(members.length).toBeGreaterThan(2)
    expect(namesIn(own(sectionOf(page, heading))).toSorted()).toEqual(members.toSorted())
  })

  it('agrees with the options that the README of local executors names', () => {
    const readme = namesIn(read('packages/executor-local/README.md'))
    const here = ['ThreadPoolOptions', 'ProcessPoolOptions'].flatMap((heading) =>
      namesIn(sectionOf('docs/configuration.md', heading)),
    )
    expect([...new Set(readme)].toSorted()).toEqual([...new Set(here)].toSorted())
  })

  it('names the options of usage tracking and every field that is sent', () => {
    const members = membersOf('packages/core/src/config/config.ts', 'UsageTracking')
    const source = read('packages/core/src/life/usage-tracking.ts')
    const sent = [
      'correlator',
      'project',
      'event',
      'node',
      'platform',
      'arch',
      'level',
      'executors',
      'counts',
      'seconds',
    ]
    for (const field of sent) expect(source).toMatch(new RegExp(`\\b${field}\\b`))
    const names = new Set(namesIn(sectionOf('docs/configuration.md', 'Usage tracking')))
    expect([...names].toSorted()).toEqual([...new Set([...members, ...sent])].toSorted())
  })

  it('names every exit mode', () => {
    const modes =
      /export type ExitMode = (.+)/.exec(read('packages/core/src/config/config.ts'))?.[1]?.split(' | ') ?? []
    expect(modes.length).toBeGreaterThan(1)
    expect(namesIn(sectionOf('docs/configuration.md', 'Exit modes')).toSorted()).toEqual(modes.toSorted())
  })
})
