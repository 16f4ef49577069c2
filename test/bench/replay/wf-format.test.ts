import { describe, expect, it } from 'vitest'
import { readRecording } from '../../../bench/replay/wf-format.ts'
import { changed, recordingText, type RecordingFile, taskOf } from './fixture.ts'

const complaintOf = (text: string): string => {
  try {
    readRecording(text, 'some.json')
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it was read')
}

const lines = (...all: readonly string[]): string => all.join('\n')

describe('a recording', () => {
  it('says who waits for whom and how long each took, in the order of the file', () => {
    const { name, tasks } = readRecording(recordingText, 'some.json')
    expect(name).toBe('library-search')
    expect(tasks).toHaveLength(10)
    expect(tasks.slice(0, 2)).toEqual([
      { id: 'audit', parents: [], seconds: 110 },
      { id: 'publish', parents: ['merge', 'audit'], seconds: 5.5 },
    ])
  })

  it.each([
    ['is no JSON', '{', /^some\.json is not JSON: /],
    ['holds no object', '[1]', /^some\.json is no recorded workflow: it holds \[1\], not an object$/],
    [
      'is of another version',
      changed((file) => void (file.schemaVersion = '1.4')),
      /^some\.json has the schemaVersion "1\.4", and only "1\.5" is read: the tools of WfFormat migrate older files$/,
    ],
    ['says no version', changed((file) => void delete file.schemaVersion), /has the schemaVersion undefined/],
    [
      'has no tasks',
      changed((file) => void (file.workflow.specification.tasks = [])),
      /^some\.json has no tasks at workflow\.specification\.tasks$/,
    ],
    [
      'was never run',
      changed((file) => void delete file.workflow.execution),
      /has no tasks at workflow\.execution\.tasks: a workflow without recorded run times cannot be replayed$/,
    ],
  ])('that %s is refused', (_what, text, expected) => {
    expect(complaintOf(text)).toMatch(expected)
  })

  it.each<[string, (file: RecordingFile) => void, string]>([
    [
      'a parent that is not there',
      (file) => taskOf(file, 'index').parents.push('download'),
      'index names the parent download, and there is no such task',
    ],
    [
      'a child that is not there',
      (file) => taskOf(file, 'index').children.push('upload'),
      'index names the child upload, and there is no such task',
    ],
    [
      'a parent that does not know of it',
      (file) => taskOf(file, 'merge').parents.push('unpack'),
      'merge names the parent unpack, which does not name it as a child',
    ],
    [
      'a child that does not know of it',
      (file) => taskOf(file, 'unpack').children.push('merge'),
      'unpack names the child merge, which does not name it as a parent',
    ],
    ['a task without a run time', (file) => file.workflow.execution?.tasks.shift(), 'unpack has no recorded run time'],
    [
      'a run time without a task',
      (file) => file.workflow.execution?.tasks.push({ id: 'cleanup', runtimeInSeconds: 1 }),
      'a run time of cleanup is recorded, and there is no such task',
    ],
  ])('that contradicts itself by %s is refused', (_what, change, complaint) => {
    expect(complaintOf(changed(change))).toBe(lines('some.json contradicts itself:', `  - ${complaint}`))
  })

  it.each<[string, (file: RecordingFile) => void, string]>([
    [
      'two tasks of one id',
      (file) => file.workflow.specification.tasks.push(taskOf(file, 'audit')),
      'workflow.specification.tasks has audit twice',
    ],
    [
      'a task without an id',
      (file) => void (taskOf(file, 'audit').id = ''),
      'workflow.specification.tasks[0] has no id',
    ],
    [
      'parents that are no list',
      (file) => void (taskOf(file, 'audit').parents = 'unpack' as never),
      'parents of audit in workflow.specification.tasks is "unpack", and must be a list of ids',
    ],
    [
      'a run time below 0',
      (file) => file.workflow.execution?.tasks.splice(0, 1, { id: 'unpack', runtimeInSeconds: -1 }),
      'runtimeInSeconds of unpack in workflow.execution.tasks is -1, and must be a number, 0 or more',
    ],
    [
      'a task without its run time',
      (file) => file.workflow.execution?.tasks.splice(0, 1, { id: 'unpack' }),
      'runtimeInSeconds of unpack in workflow.execution.tasks is undefined, and must be a number, 0 or more',
    ],
  ])('that breaks the format by %s is refused', (_what, change, complaint) => {
    expect(complaintOf(changed(change))).toBe(lines('some.json breaks WfFormat 1.5:', `  - ${complaint}`))
  })

  it('is refused with all complaints at once, as far as they can be read', () => {
    const text = changed((file) => {
      for (const task of file.workflow.execution?.tasks ?? []) task.runtimeInSeconds = 'long'
    })
    expect(complaintOf(text).split('\n')).toHaveLength(10)
    expect(complaintOf(text)).toMatch(/\n {2}- and 2 more$/)
  })
})
