import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { VaultError } from '../errors.ts'

const KEY_BYTES = 32
/** 43 characters of base64url, of which the last carries 4 bits, and at most one line feed. */
const KEY_TEXT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\n?$/

/**
 * Makes a master key and keeps it in a file that only its owner can read: 32 random bytes in base64url.
 *
 * The file is whole or not there, also after a crash. Whoever loses it loses every content of the vaults made with it; whoever copies it
 * can read them. It belongs into no backup that holds a vault.
 *
 * @throws {VaultError} `vault/master-key-exists`; the file is then as it was
 */
export async function createMasterKey(file: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.new`
  try {
    await using written = await open(unfinished, 'wx', 0o600)
    await written.writeFile(`${randomBytes(KEY_BYTES).toString('base64url')}\n`)
    await written.sync()
    await link(unfinished, file)
  } catch (cause) {
    if (isSystemError(cause, 'EEXIST'))
      throw new VaultError('vault/master-key-exists', `${file} exists already: a master key is never replaced`, {
        cause,
      })
    throw cause
  } finally {
    await rm(unfinished, { force: true })
  }
  if (process.platform === 'win32') return // where folders cannot be flushed
  await using folder = await open(dirname(file), 'r')
  await folder.sync()
}

/**
 * Reads a master key.
 *
 * @throws {VaultError} `vault/master-key-missing`, `vault/master-key-permissions`, `vault/master-key-malformed`
 */
export async function readMasterKey(file: string): Promise<KeyObject> {
  let text: string
  try {
    await using handle = await open(file, 'r')
    const { mode } = await handle.stat()
    // Windows keeps no such bits.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw new VaultError(
        'vault/master-key-permissions',
        `${file} can be read by others than its owner: give it mode 600 ("chmod 600 ${file}"), and ask who has read it`,
      )
    text = await handle.readFile('latin1')
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT'))
      throw new VaultError(
        'vault/master-key-missing',
        `the master key ${file} is not there: bring it back from where it is kept`,
        {
          cause,
        },
      )
    if (isSystemError(cause, 'EACCES'))
      throw new VaultError('vault/master-key-permissions', `${file} cannot be read by the user who runs this`, {
        cause,
      })
    throw cause
  }
  if (!KEY_TEXT.test(text))
    throw new VaultError('vault/master-key-malformed', `${file} does not hold a master key: 32 bytes in base64url`)
  return createSecretKey(text.trimEnd(), 'base64url')
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
