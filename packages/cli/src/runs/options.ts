import { InvalidArgumentError, Option } from 'commander'

/** Where runs are looked for. */
export const runDirOption = (): Option =>
  new Option('--run-dir <dir>', 'the folder of the runs, which configurations call runDir').default('runinfo')

/** `7` and `007` are the same run. */
export const numberOf = (text: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give a number.')
}
