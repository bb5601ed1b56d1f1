import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Signer } from '@tidings/transparency'
import { LogServiceError } from './log-service-error.ts'

/** The log's key, and whether it was made just now. */
export interface LogKey {
  readonly signer: Signer
  readonly isNew: boolean
}

/**
 * Loads the log's Ed25519 key from a PKCS#8 file (PEM), and makes it on first start, readable by its owner alone.
 *
 * @throws {LogServiceError} `log/key-unusable`: others may read it, or it is no Ed25519 key
 */
export async function loadLogKey(file: string): Promise<LogKey> {
  const isNew = await createKeyFile(file)
  const { mode } = await stat(file)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new LogServiceError(
      'log/key-unusable',
      `others may read the log's key ${file}: run chmod 600 on it, and think about who has`,
    )
  return { signer: signerOf(await readFile(file, 'utf8'), file), isNew }
}

function signerOf(pem: string, file: string): Signer {
  const unusable = (cause?: unknown) =>
    new LogServiceError(
      'log/key-unusable',
      `the log's key ${file} is not an Ed25519 key in PKCS#8: put it back from its copy`,
      { cause },
    )
  let key: ReturnType<typeof createPrivateKey>
  try {
    key = createPrivateKey(pem)
  } catch (cause) {
    throw unusable(cause)
  }
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  if (key.asymmetricKeyType !== 'ed25519' || x === undefined) throw unusable()
  return { publicKey: new Uint8Array(Buffer.from(x, 'base64url')), sign: async (bytes) => sign(null, bytes, key) }
}

/** Makes a key unless there is one; whole or not at all, and durable, before anything is signed with it. */
async function createKeyFile(file: string): Promise<boolean> {
  if (
    await stat(file).then(
      () => true,
      () => false,
    )
  )
    return false
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  const aside = `${file}.${process.pid}.tmp`
  const handle = await open(aside, 'w', 0o600)
  await handle.writeFile(pem)
  await handle.sync()
  await handle.close()
  try {
    // A link fails where a rename would overwrite the key of another process that was started at the same time.
    await link(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    await unlink(aside)
  }
  const folder = await open(dirname(file), 'r')
  await folder.sync()
  await folder.close()
  return true
}
