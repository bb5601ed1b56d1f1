import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { BackupError } from './backup-error.ts'

/** The file that tells what a backup holds. It is written last: a folder without it is no backup. */
export const manifestFile = 'backup.json'

const manifest = z.strictObject({
  format: z.literal('tidings/backup/v1'),
  /** Origin of the log. */
  origin: z.string().min(1),
  madeAt: z.iso.datetime(),
  /** The log as it was: everything up to here was acknowledged, or could have been. */
  log: z.strictObject({ size: z.int().min(0), root: z.base64(), time: z.int() }),
  /** Statements in the record: those beyond the log had no receipt yet. */
  statements: z.int().min(0),
  /** Contents that were opened and found whole; absent where the master key was not there to open them. */
  contents: z.int().min(0).exactOptional(),
  /** Leaves of the statements of which the vault lacks a content: erased, or lost before this backup. The first thousand. */
  missing: z.array(z.int()).exactOptional(),
  files: z.record(z.string(), z.strictObject({ bytes: z.int().min(0), sha256: z.hex() })),
})

/** What a backup holds. */
export type Manifest = z.infer<typeof manifest>

/** Size and hash of every file in a folder, by its path there. */
export async function hashFiles(folder: string): Promise<Manifest['files']> {
  const files: Manifest['files'] = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1)
    if (name !== manifestFile) files[name] = await hashFile(path)
  }
  return files
}

async function hashFile(path: string): Promise<Manifest['files'][string]> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return { bytes: (await stat(path)).size, sha256: hash.digest('hex') }
}

/**
 * Reads what a backup says of itself.
 *
 * @throws {BackupError} `backup/not-a-backup`
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const no = (cause?: unknown) =>
    new BackupError('backup/not-a-backup', `${folder} is no finished backup of this version of Tidings`, { cause })
  const text = await readFile(join(folder, manifestFile), 'utf8').catch((cause: unknown) => {
    throw no(cause)
  })
  try {
    return manifest.parse(JSON.parse(text))
  } catch (cause) {
    throw no(cause)
  }
}

/**
 * Asserts that a folder holds the files of a manifest, byte for byte, and no others.
 *
 * @param backup the folder that is named when they are not: what was copied under another name for a while is found where it came from
 * @throws {BackupError} `backup/damaged` naming the first file that is not as it was
 */
export async function assertFiles(folder: string, { files }: Manifest, backup: string): Promise<void> {
  const there = await hashFiles(folder)
  for (const name of new Set([...Object.keys(files), ...Object.keys(there)])) {
    const [was, is] = [files[name], there[name]]
    if (was?.sha256 === is?.sha256) continue
    const how = is === undefined ? 'is missing' : was === undefined ? 'does not belong there' : 'is not as it was'
    throw new BackupError('backup/damaged', `the backup ${backup} is damaged: ${name} ${how}. Take another copy`)
  }
}
