import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNamed, readNamed, readNamedJson, unusableFile, writeNamed } from './named-file.ts'

describe('a file that was named and cannot be used is told with its option, its name and why', () => {
  let folder: string
  const file = (name: string) => join(folder, name)
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidings-named-'))
    await writeFile(file('text'), 'text')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'missing',
      () => readNamed(file('none'), '--mapping'),
      '--mapping: FOLDER/none cannot be read: there is no such file.',
    ],
    ['a missing argument', () => openNamed(file('none')), 'FOLDER/none cannot be read: there is no such file.'],
    ['a folder, to be read', () => readNamed(folder, '--file'), '--file: FOLDER cannot be read: it is a folder.'],
    ['a folder, as a table', () => openNamed(folder, '--table'), '--table: FOLDER cannot be read: it is a folder.'],
    [
      'beneath a file',
      () => readNamed(file('text/x')),
      'FOLDER/text/x cannot be read: what stands before its name is no folder.',
    ],
    [
      'in no folder, to be written',
      () => writeNamed(file('no/x'), '', '--out'),
      '--out: FOLDER/no/x cannot be written: there is no such folder.',
    ],
    ['not JSON', () => readNamedJson(file('text'), '--content'), '--content: FOLDER/text must hold JSON.'],
  ])('%s', async (_, use, message) => {
    await expect(use()).rejects.toMatchObject({ message: message.replace('FOLDER', folder), exitCode: 3 })
  })

  it('closed to this user', () => {
    // As the system says it: to root nothing is closed.
    const closed = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    expect(unusableFile('table.csv', closed, 'read', '--table').message).toBe(
      '--table: table.csv cannot be read: this user may not.',
    )
  })
})
