import { existsSync } from 'node:fs'
import { copyFile, cp, mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { loadLogKey } from '@tidings/service-log'
import { formatVkey } from '@tidings/transparency'
import { readGuardFile } from '@tidings/transparency/writer'
import { openSqliteVault } from '@tidings/vault/sqlite'
import { dataFolder } from '../data-folder.ts'
import { BackupError } from './backup-error.ts'
import type { OnStep } from './make-backup.ts'
import { assertFiles, type Manifest, manifestFile, readManifest } from './manifest.ts'
import { beginFolder } from './unfinished-folder.ts'

/** How the guard that stands beside the restored folder relates to it. Only the first one lets the service sign. */
export type GuardRelation = 'agrees' | 'newer' | 'older' | 'missing'

/** What has been restored. */
export interface Restored {
  readonly manifest: Manifest
  readonly guard: GuardRelation
  /** Size that the guard allows, if there is one. */
  readonly guardSize?: number
  /** Keys that are not in place yet. */
  readonly keysMissing: readonly string[]
}

/** How to restore. */
export interface RestoreOptions {
  /** Folder of a backup. */
  readonly from: string
  /** Data folder to be made. */
  readonly data: string
  /** Folder with `log.pem` and `vault.key`, if they are to be put in place as well. */
  readonly keys?: string
}

/**
 * Makes a data folder of a backup: whole or not at all, after every byte was compared with what the backup says of itself. It never touches a guard.
 *
 * @throws {BackupError} `backup/not-a-backup`, `backup/damaged`, `backup/exists`, `backup/other-keys`
 */
export async function restoreBackup(options: RestoreOptions, onStep: OnStep = () => {}): Promise<Restored> {
  const from = resolve(options.from)
  const manifest = await readManifest(from)
  await using unfinished = await beginFolder(options.data)
  const made = dataFolder(unfinished.folder)
  onStep('copying', 0, 1)
  await cp(from, made.folder, { recursive: true, filter: (source) => source !== join(from, manifestFile) })
  onStep('comparing', 0, 1)
  await assertFiles(made.folder, manifest, from)
  await mkdir(join(made.folder, 'keys'), { mode: 0o700 })
  if (options.keys !== undefined) await putKeys(options.keys, made)
  const target = dataFolder(options.data)
  const guard = await readGuardFile(target.guard)
  const keysMissing = [made.logKey, made.masterKey]
    .filter((file) => !existsSync(file))
    .map((file) => file.slice(made.folder.length + 1))
  await unfinished.finish()
  return {
    manifest,
    guard: relationOf(guard?.size, manifest),
    ...(guard && { guardSize: guard.size }),
    keysMissing,
  }
}

/** Copies keys into place, once they are known to be those of this log and this vault. */
async function putKeys(
  folder: string,
  { logKey, masterKey, log, vault }: ReturnType<typeof dataFolder>,
): Promise<void> {
  const other = (what: string, cause?: unknown) =>
    new BackupError('backup/other-keys', `the keys in ${folder} are not those of this backup: ${what}`, { cause })
  const copy = async (name: string, to: string) => {
    await copyFile(join(folder, name), to).catch((cause: unknown) => {
      throw other(`${name} cannot be read`, cause)
    })
  }
  await copy('log.pem', logKey)
  await copy('vault.key', masterKey)
  const vkey = (await readFile(join(log, 'vkey'), 'utf8')).trimEnd()
  const { signer } = await loadLogKey(logKey)
  const [origin = ''] = vkey.split('+')
  if (formatVkey(origin, signer.publicKey) !== vkey) throw other('log.pem belongs to another log')
  const opened = await openSqliteVault({ file: vault, masterKeyFile: masterKey }).catch((cause: Error) => {
    throw other(cause.message, cause)
  })
  await opened[Symbol.asyncDispose]()
}

function relationOf(guardSize: number | undefined, { log, statements }: Manifest): GuardRelation {
  if (guardSize === undefined) return 'missing'
  if (guardSize > statements) return 'newer'
  return guardSize < log.size ? 'older' : 'agrees'
}
