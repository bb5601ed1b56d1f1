import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { thumbprint } from '@tidings/statement'
import type { Context } from '../command.ts'
import { openKey } from '../keys.ts'
import type { Finding } from '../operator-process.ts'

/** Looks at the home of a party: its configuration, who may read its keys, and, where a passphrase is at hand, whether the key opens. */
export async function* examineHome({ home, passphrase, as }: Context): AsyncGenerator<Finding> {
  const { party, key } = await home.configuration()
  yield { check: 'home', state: 'ok', says: `${home.folder} is the home of party ${party}` }
  const names = await home.keys()
  const name = as ?? key
  yield names.includes(name)
    ? { check: 'keys', state: 'ok', says: `there are keys ${names.join(', ')}; this home speaks under ${name}` }
    : {
        check: 'keys',
        state: 'fault',
        says: `the key ${name} is not there`,
        todo: 'Put it back from its copy, or name another with --as.',
      }
  yield* permissions(home.folder, [
    ...names.map((one) => home.keyFile(one)),
    join(home.folder, 'config.json'),
    home.ledgerFile,
  ])
  for (const one of names)
    if (!(await readFile(home.keyFile(one), 'utf8')).includes('BEGIN ENCRYPTED PRIVATE KEY'))
      yield {
        check: 'keys',
        state: 'fault',
        says: `${home.keyFile(one)} is not an encrypted key`,
        todo: 'Put it back from its copy.',
      }
  if (passphrase.file !== undefined && names.includes(name)) {
    const opened = await openKey(home, name, passphrase).catch((error: Error) => error)
    yield opened instanceof Error
      ? {
          check: 'keys',
          state: 'fault',
          says: `the key ${name} does not open: ${opened.message}`,
          todo: 'Is it the right passphrase?',
        }
      : { check: 'keys', state: 'ok', says: `the key ${name} opens; its thumbprint is ${thumbprint(opened.key)}` }
  }
}

async function* permissions(folder: string, files: readonly string[]): AsyncGenerator<Finding> {
  if (process.platform === 'win32') return
  const open: string[] = []
  for (const path of [folder, join(folder, 'keys'), ...files]) {
    const mode = await stat(path).then(
      (found) => found.mode & 0o777,
      () => 0o600,
    )
    if ((mode & 0o077) !== 0) open.push(`${path} (${mode.toString(8)})`)
  }
  yield open.length === 0
    ? { check: 'permissions', state: 'ok', says: 'what must be for its owner alone is for its owner alone' }
    : {
        check: 'permissions',
        state: 'attention',
        says: `others than the owner may read ${open.join(', ')}`,
        todo: 'Run chmod 600 on the files and chmod 700 on the folders, and ask who has read them.',
      }
}
