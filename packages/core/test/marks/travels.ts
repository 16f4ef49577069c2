// Sends bodies that use what @parsl/core exports to a worker; prints what came back, as JSON.
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { join } from 'node:path'
import * as parsl from '@parsl/core'
import { AppException, AppTimeout, type DataFile, file, isDataFile, isParslError, output, sh } from '@parsl/core'
import { elsewhere } from './elsewhere.ts'
import { sh as ownSh, parsl as ownParsl } from './re-export.ts'

const required = createRequire(import.meta.url)('@parsl/core') as typeof parsl

class OwnFailure extends AppException {
  readonly tries: number
  constructor(tries: number) {
    super('align', `gave up after ${tries} tries`)
    this.tries = tries
  }
}

class WithSocket extends Error {
  readonly socket = new Socket()
}

const genome = file('/data/genome.fa')
const aligned = output('/data/aligned.bam')
const listing = sh`ls ${'a b'}`
const remote = file('https://host/a%20b.txt')

const fieldsOf = (error: Error): object => Object.fromEntries(Object.entries(error))
const describeFile = (it: DataFile) => [isDataFile(it), it.path, it.url, it.toString(), it.filename]

const shell = await elsewhere(
  [
    [() => sh`wc -l ${'a b'}`.text],
    [() => sh`sort ${sh.raw('-n')}`.text],
    [() => parsl.sh`echo ${1}`.text],
    [
      () => {
        const { sh: inside, file: fileInside } = parsl
        return inside`cat ${fileInside('/x')}`.text
      },
    ],
    [() => required.sh`echo ${2}`.text],
    [() => ownSh`echo ${3}`.text],
    [() => ownParsl.sh`echo ${4}`.text],
    [() => sh`cat ${listing}`.text],
    [(command: typeof listing) => sh`${command} | wc`.text, listing],
  ],
  join(import.meta.dirname, 'worker.ts'),
)

const files = await elsewhere(
  [
    [describeFile, genome],
    [() => describeFile(genome)],
    [() => [remote.url, remote.filename, isDataFile(remote)]],
    [(it: typeof aligned) => [it.kind, it.file.path, Symbol.for('parsl.output') in it], aligned],
    [() => output.glob('/data/*.csv').kind],
    [() => file('/there')],
    [() => output.directory('/there')],
    [() => sh`echo ${'from there'}`],
  ],
  join(import.meta.dirname, 'worker.ts'),
)

const errors = (await elsewhere(
  [
    [
      () => {
        throw new AppTimeout({ app: 'align', limit: 'walltime', limitMs: 5 })
      },
    ],
    [
      () => {
        throw new OwnFailure(3)
      },
    ],
    [() => parsl.task()],
    [() => sh`${undefined}`],
    [
      () => {
        throw new WithSocket('lost')
      },
    ],
    [() => isParslError(new OwnFailure(1), 'PARSL_APP')],
  ],
  join(import.meta.dirname, 'worker.ts'),
)) as Error[]

const classes = [AppTimeout, OwnFailure, parsl.NotInTask, parsl.AppBadFormatting, WithSocket]
process.stdout.write(
  JSON.stringify({
    shell,
    here: files.slice(0, 5),
    back: [
      describeFile(files[5] as DataFile),
      [(files[6] as typeof aligned).kind, describeFile((files[6] as typeof aligned).file)],
      sh`${files[7]}`.text,
    ],
    errors: errors.slice(0, 5).map((error, index) => ({
      ...fieldsOf(error),
      is: error instanceof (classes[index] as typeof AppTimeout),
      message: error.message,
      leftOut: Reflect.get(error, Symbol.for('parsl.left-out')) as unknown,
      stack: error.stack?.includes('travels.ts'),
    })),
    isParslError: errors[5],
  }),
)
