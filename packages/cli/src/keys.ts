import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readKeyFile, writeKeyFile } from '@tidings/client/key-file'
import type { Signer } from '@tidings/statement'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import type { Home } from './home.ts'
import { askPassphrase, type PassphraseSource } from './passphrase.ts'

/**
 * Opens a key of this home for signing.
 *
 * @param name as in `--as`, without `.pem`
 * @throws {CommandError} there is no such key
 * @throws {KeyFileError}
 */
export async function openKey(home: Home, name: string, passphrase: PassphraseSource): Promise<Signer> {
  const file = home.keyFile(checkedName(name))
  const pem = await readFile(file, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    const there = await home.keys()
    throw new CommandError(
      `There is no key ${name} in ${home.folder}${there.length === 0 ? '' : `; there are ${there.join(', ')}`}.`,
      exitCodes.key,
    )
  })
  const key = await readKeyFile(pem, await askPassphrase(passphrase, name))
  if (key.type === 'X25519')
    throw new CommandError(`The key ${name} only receives what is sealed: it cannot sign.`, exitCodes.key)
  return key.signer
}

/**
 * Writes a new key into this home, encrypted, for its owner only. A key that is there is never written over.
 *
 * @throws {CommandError} there is such a key
 */
export async function keepKey(home: Home, name: string, privateKey: CryptoKey, passphrase: string): Promise<string> {
  const file = home.keyFile(checkedName(name))
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const pem = await writeKeyFile(privateKey, passphrase)
  await writeFile(file, pem, { flag: 'wx', mode: 0o600, flush: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    throw new CommandError(
      `There is a key ${name} in ${home.folder} already: it is not written over.`,
      exitCodes.conflict,
    )
  })
  return file
}

/** Names of keys are names of files here: nothing that leads elsewhere. */
function checkedName(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,60}$/i.test(name)) return name
  throw new CommandError('The name of a key is letters, digits and hyphens, such as officer-7.', exitCodes.usage)
}
