import { type DataFile, type ExpectedOutput, fileAt } from '@parsl/data'
import { isParslError, type Staging, StagingError, type StagingPlan, type StagingSite } from '@parsl/interfaces'
import { textOf } from '../kernel/text.js'

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

const typed = (file: DataFile, cause: unknown): unknown =>
  isParslError(cause, 'PARSL_DATA_STAGING') ? cause : new StagingError(file.url, textOf(cause), { cause })

/** The plan of the first staging that claims the file. Whatever fails in it is a `StagingError` of this file. */
const planFor = (
  stagings: readonly Staging[],
  file: DataFile,
  plan: { readonly direction: 'in' | 'out'; readonly site: StagingSite },
): StagingPlan => {
  try {
    const staging = claimant(stagings, file, plan.direction)
    const { path, transfer } =
      plan.direction === 'in' ? staging.stageIn(file, plan.site) : staging.stageOut(file, plan.site)
    if (!transfer) return { path }
    return {
      path,
      transfer: async (call) => {
        try {
          await transfer(call)
        } catch (cause) {
          throw typed(file, cause)
        }
      },
    }
  } catch (cause) {
    throw typed(file, cause)
  }
}

interface PlannedOutput {
  readonly made: ExpectedOutput
  readonly transfer: Transfer | undefined
}

/** Offers each file to each staging in turn. */
export const planFiles = (stagings: readonly Staging[], site: StagingSite): FilePlan => {
  const inputs = new Map<DataFile, DataFile>()
  const outputs = new Map<ExpectedOutput, PlannedOutput>()
  const transfersIn: Transfer[] = []
  const planOutput = (output: ExpectedOutput): PlannedOutput => {
    const { path, transfer } = planFor(stagings, output.file, { direction: 'out', site })
    return { made: { kind: output.kind, file: fileAt(output.file, path) }, transfer }
  }
  return {
    site,
    transfersIn,
    input: (file) => {
      const known = inputs.get(file)
      if (known) return known
      const { path, transfer } = planFor(stagings, file, { direction: 'in', site })
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
