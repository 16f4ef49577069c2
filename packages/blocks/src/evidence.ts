import type { Block } from '@parsl/interfaces'

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')

/** What a block left behind, for people. */
export const evidenceOf = ({ id, job, status }: Block): string => {
  const { state, message, exitCode, signal, stdoutPath, stderrPath, outputTail } = status
  const facts = [
    `block ${id}${job === undefined ? '' : ` (job ${job})`} ${state}${message === undefined ? '' : `: ${message}`}`,
    ...(exitCode === undefined ? [] : [`  exit code: ${exitCode}`]),
    ...(signal === undefined ? [] : [`  signal: ${signal}`]),
    ...(stdoutPath === undefined ? [] : [`  output: ${stdoutPath}`]),
    ...(stderrPath === undefined ? [] : [`  errors: ${stderrPath}`]),
    ...(outputTail ? ['  last lines:', indented(outputTail)] : []),
  ]
  return facts.join('\n')
}
