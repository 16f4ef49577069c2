import { type DataFile, type ExpectedOutput, fileAt } from '@parsl/data'
import { type Staging, StagingError, type StagingPlan, type StagingSite } from '@parsl/interfaces'

type Transfer = NonNullable<StagingPlan['transfer']>

/** How the files of one try move. */
export interface FilePlan {
  readonly site: StagingSite
  /** The file as the body shall see it. */
  input(file: DataFile): DataFile
  output(output: ExpectedOutput): ExpectedOutput
  /** To be done before the body starts. */
  readonly transfersIn: readonly Transfer[]
  /** To be done after it ended well, before the output counts as made. */
  transferOut(output: ExpectedOutput): Transfer | undefined
}

const claimant = (stagings: readonly Staging[], file: DataFile, direction: 'in' | 'out'): Staging => {
  const staging = stagings.find((one) => one.claims(file, direction))
  if (staging) return staging
  const names = stagings.map(({ name }) => name).join(', ') || 'none'
  throw new StagingError(
    file.url,
    `no staging of this executor takes ${file.scheme}: files ${direction} (it has: ${names})`,
  )
}

/** Offers each file to each staging in turn. */
export const planFiles = (stagings: readonly Staging[], site: StagingSite): FilePlan => {
  const inputs = new Map<DataFile, DataFile>()
  const outputs = new Map<ExpectedOutput, { readonly made: ExpectedOutput; readonly transfer: Transfer | undefined }>()
  const transfersIn: Transfer[] = []
  const planOutput = (
    output: ExpectedOutput,
  ): { readonly made: ExpectedOutput; readonly transfer: Transfer | undefined } => {
    const { path, transfer } = claimant(stagings, output.file, 'out').stageOut(output.file, site)
    return { made: { kind: output.kind, file: fileAt(output.file, path) }, transfer }
  }
  return {
    site,
    transfersIn,
    input: (file) => {
      const known = inputs.get(file)
      if (known) return known
      const { path, transfer } = claimant(stagings, file, 'in').stageIn(file, site)
      if (transfer) transfersIn.push(transfer)
      const found = fileAt(file, path)
      inputs.set(file, found)
      return found
    },
    output: (output) => {
      const planned = outputs.get(output) ?? planOutput(output)
      outputs.set(output, planned)
      return planned.made
    },
    transferOut: (output) => outputs.get(output)?.transfer,
  }
}
