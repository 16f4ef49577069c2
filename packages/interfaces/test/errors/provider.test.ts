import { expect, it } from 'vitest'
import { SubmitException } from '../../src/errors/provider.ts'

it('SubmitException shows standard output where standard error is empty', () => {
  const details = { provider: 'pbs', jobName: 'parsl.1', exitCode: null, stdout: 'no queue', stderr: '' }
  expect(new SubmitException(details).message).toBe('pbs refused job parsl.1 (exit code null): no queue')
})
