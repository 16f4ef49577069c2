import { describe, expect, it } from 'vitest'
import {
  type AppOptions,
  bashApp,
  type ConfigurationError,
  joinApp,
  jsApp,
  type StreamOption,
} from '../../src/index.js'
import { thrownBy } from '../fixture.js'

const body = () => 1

const complaintsAbout = (make: () => unknown): readonly string[] => {
  const error = thrownBy(make) as ConfigurationError
  expect(error).toMatchObject({ name: 'ConfigurationError', code: 'PARSL_CONFIG' })
  return error.details.complaints
}

describe('options of an app', () => {
  it.each<[unknown, string]>([
    [{ waltime: 1 }, 'options of app body has no option "waltime": did you mean "walltime"?'],
    [{ stdOut: 'x' }, 'options of app body has no option "stdOut": did you mean "stdout"?'],
    [{ walltime: '1x' }, 'options of app body.walltime must be more than nothing: a number of seconds'],
    [{ walltime: 0 }, 'options of app body.walltime must be more than nothing'],
    [{ timeout: -5 }, 'options of app body.timeout must be more than nothing'],
    [{ priority: 'high' }, 'options of app body.priority must be a number, not "high"'],
    [{ priority: Infinity }, 'options of app body.priority must be a number, not Infinity'],
    [{ retries: -1 }, 'options of app body.retries must be a number, 0 or more'],
    [{ infrastructureRetries: 0.5 }, 'options of app body.infrastructureRetries must be a whole number'],
    [{ executors: 'htex' }, 'options of app body.executors must be one of "all", or a list'],
    [{ executors: [] }, 'options of app body.executors is empty: name at least one, or leave it out'],
    [{ executors: [5] }, 'options of app body.executors must be'],
    [{ signal: {} }, 'options of app body.signal must be an AbortSignal, not an object'],
    [{ label: 'a/b' }, 'options of app body.label must be text without slashes, not "a/b"'],
    [{ cache: 'yes' }, 'options of app body.cache must be true or false'],
    [{ cache: true, ignoreForCache: 'x' }, 'options of app body.ignoreForCache must be a list'],
    [
      { ignoreForCache: [0] },
      'options of app body.ignoreForCache says what does not count for cache, and cache is not on',
    ],
    [{ env: { A: 1 } }, 'options of app body.env must be an object, each value text'],
    [{ kernel: {} }, 'options of app body.kernel must be a kernel, not an object'],
    [{ name: '' }, 'name must be text'],
    [{ resources: { cpus: 1 } }, 'options of app body: resources has no option "cpus": did you mean "gpus"?'],
    [{ resources: { cores: 0 } }, 'options of app body: resources.cores must be a whole number above 0, not 0'],
    [{ resources: { memory: '4 bytes' } }, 'options of app body: resources.memory must be a whole number of bytes'],
    [{ resources: { gpus: -1 } }, 'options of app body: resources.gpus must be a whole number, 0 or more'],
    [{ resources: { custom: { licenses: 'x' } } }, 'resources.custom must be an object, each value a number'],
    [{ resources: 4 }, 'options of app body.resources must be an object, not 4'],
    [{ walltime: '2h', timeout: '1h' }, 'options of app body.walltime is longer than timeout'],
    [5, 'options of app body must be an object, not 5'],
    [null, 'options of app body must be an object, not null'],
  ])('are refused: %j', (options, complaint) => {
    for (const make of [
      () => jsApp(body, options as AppOptions),
      () =>
        bashApp(function body() {
          return 'true'
        }, options as AppOptions),
    ]) {
      const complaints = complaintsAbout(make)
      expect(complaints).toHaveLength(1)
      expect(complaints[0]).toContain(complaint)
    }
  })

  it.each<[unknown]>([
    [''],
    [5],
    [['out']],
    [['out', 'w']],
    [{}],
    [{ path: 'x' }],
    [{ path: '', mode: 'w' }],
    [{ path: 'x', mode: 'r' }],
    [null],
    [true],
  ])('are refused for the stream %j', (stdout) => {
    const [complaint] = complaintsAbout(() => bashApp(() => '', { name: 'b', stdout: stdout as StreamOption }))
    expect(complaint).toContain(
      'options of app b.stdout must be text, or { path, mode } with mode one of a, a+, ax, w, w+, wx, or output(...)',
    )
  })

  it('are told every complaint in one error', () => {
    const options = { walltime: 'x', retries: -1, cach: true } as never as AppOptions
    expect(complaintsAbout(() => jsApp(body, options))).toHaveLength(3)
  })

  it('are checked as they come together', () => {
    const app = jsApp(body, { timeout: '1h' })
    expect(complaintsAbout(() => app.with({ walltime: '2h' }))).toEqual([
      'options of app body.walltime is longer than timeout, which counts from submission: it could never be reached',
    ])
    expect(complaintsAbout(() => app.with({ retires: 1 } as never))).toHaveLength(1)
  })

  it('may not say where a join runs or prints', () => {
    const options: AppOptions = { stdout: 'auto', executors: ['x'], resources: { cores: 1 }, env: {} }
    expect(complaintsAbout(() => joinApp(body, options))).toEqual(
      ['stdout', 'executors', 'resources', 'env'].map(
        (name) => `options of app body.${name} has no meaning for a join app: it runs in the program`,
      ),
    )
  })
})

describe('an app', () => {
  it.each([[undefined], [null], [5], ['text'], [{}], [Promise.resolve()]])('is not made from %j', (value: unknown) => {
    const makes = [jsApp, bashApp, joinApp] as readonly ((body: never) => unknown)[]
    for (const make of makes) {
      const [complaint] = complaintsAbout(() => make(value as never))
      expect(complaint).toContain('an app is made from a function')
    }
  })

  it('needs a kernel when it is called', () => {
    const error = thrownBy(() => jsApp(body)())
    expect(error).toMatchObject({
      name: 'NoDataFlowKernelError',
      code: 'PARSL_NO_KERNEL',
      details: { asked: 'app body' },
    })
    expect(error.message).toBe('app body needs a kernel, and none is loaded: call load() first')
  })
})
