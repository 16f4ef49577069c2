// Encodes and decodes errors whose classes are of a package that does not export them; prints what arrives, as JSON.
import { ConfigurationError, intrinsicName, isParslError, ParslError } from '@parsl/interfaces'
import { createFunctions, decodeError, encodeError } from '@parsl/serialize'
// @ts-expect-error -- the test installs it
import { fail, Plugin, Timeout } from 'client'

class OwnTimeout extends (Timeout as typeof Error) {
  readonly own = true
}

class Checked extends ConfigurationError {
  readonly field = 'a'
}

const values = [ConfigurationError, ParslError]
const functions = createFunctions({ intrinsics: new Map(values.map((value) => [String(intrinsicName(value)), value])) })
const without = createFunctions()
const sent = async (run: () => unknown, decoding = functions): Promise<Error> => {
  try {
    await run()
  } catch (thrown) {
    return (await decodeError(encodeError(thrown, { functions }), decoding)).error as Error
  }
  throw new Error('nothing was thrown')
}
const told = (error: Error): object => ({
  ...Object.fromEntries(Object.entries(error)),
  name: error.name,
  message: error.message,
  stack: error.stack?.split('\n')[0],
  leftOut: Reflect.get(error, Symbol.for('parsl.left-out')) as unknown,
})
const thrower = (error: Error) => () => {
  throw error
}

const checked = await sent(thrower(new Checked(['a is wrong'])))
const unknown = await sent(thrower(new Checked(['a is wrong'])), without)
const plugin = await sent(thrower(new (Plugin as new () => Error)()))
process.stdout.write(
  JSON.stringify({
    hidden: told(await sent(fail as () => void)),
    extended: told(await sent(thrower(new OwnTimeout('too late')))),
    plugin: { ...told(plugin), isParslError: isParslError(plugin, 'PARSL_CLIENT') },
    unknown: told(unknown),
    checked: { is: checked instanceof Checked, code: (checked as Checked).code, field: (checked as Checked).field },
  }),
)
