// Warms the capture up; prints why that is refused, if it is.
import { createFunctions } from '@parsl/serialize'

try {
  createFunctions().warmUp()
  process.stdout.write('{}')
} catch (error) {
  const { code, message } = error as { code: string; message: string }
  process.stdout.write(JSON.stringify({ code, message }))
}
