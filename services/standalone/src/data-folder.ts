import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** Where everything of one standalone process lies. The guard stands beside the folder, so that an old copy of the folder meets it. */
export interface DataFolder {
  readonly folder: string
  readonly record: string
  readonly vault: string
  readonly masterKey: string
  readonly log: string
  readonly logKey: string
  readonly guard: string
  readonly readModel: string
  readonly demonstration: string
}

/** The files of a data folder. */
export function dataFolder(folder: string): DataFolder {
  return {
    folder,
    record: join(folder, 'record.db'),
    vault: join(folder, 'vault.db'),
    masterKey: join(folder, 'keys', 'vault.key'),
    log: join(folder, 'log'),
    logKey: join(folder, 'keys', 'log.pem'),
    guard: `${folder}.guard`,
    readModel: join(folder, 'desk.db'),
    demonstration: join(folder, 'demonstration'),
  }
}

const identity = z.strictObject({
  format: z.literal('tidings/data/v1'),
  origin: z.string().min(1),
  createdAt: z.iso.datetime(),
  /** Made to hold a demonstration: the first part of its log is signed on an invented clock. No other folder ever is. */
  demonstration: z.literal(true).exactOptional(),
})

/** What a data folder was made as: the origin of its log is chosen once and depends on no host or port. */
export type Identity = z.infer<typeof identity>

/** The data folder cannot be used; the message says what to do. */
export class DataFolderError extends Error {
  override name = 'DataFolderError'
}

/**
 * Opens a data folder, and makes it on first start.
 *
 * @param as what it is to be, if it is made now: what it was made as stands for ever
 * @returns its identity, and whether it was made now
 * @throws {DataFolderError} if it cannot be read or written, or was made by something else
 */
export async function openDataFolder(
  folder: string,
  as: { readonly origin: string; readonly demonstration: boolean },
): Promise<{ readonly identity: Identity; readonly isNew: boolean }> {
  const file = join(folder, 'tidings.json')
  try {
    await mkdir(join(folder, 'keys'), { recursive: true, mode: 0o700 })
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (text !== undefined) {
      const parsed = identity.safeParse(JSON.parse(text))
      if (!parsed.success)
        throw new DataFolderError(`${file} was not made by this version of Tidings. Choose another folder with --data.`)
      return { identity: parsed.data, isNew: false }
    }
    const made: Identity = {
      format: 'tidings/data/v1',
      origin: as.origin,
      createdAt: new Date().toISOString(),
      ...(as.demonstration && { demonstration: true }),
    }
    await writeOnce(file, `${JSON.stringify(made, null, 2)}\n`)
    return { identity: made, isNew: true }
  } catch (error) {
    if (error instanceof DataFolderError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new DataFolderError(
      `The data folder ${folder} cannot be used: ${reason}. Choose another with --data, or mend its permissions.`,
      { cause: error },
    )
  }
}

/**
 * What a data folder says of itself; nothing is made.
 *
 * @throws {DataFolderError} it is not there, cannot be read, or was made by something else
 */
export async function readIdentity(folder: string): Promise<Identity> {
  try {
    return identity.parse(JSON.parse(await readFile(join(folder, 'tidings.json'), 'utf8')))
  } catch (cause) {
    throw new DataFolderError(`${folder} is no data folder of this version of Tidings.`, { cause })
  }
}

async function writeOnce(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600)
  await handle.writeFile(text)
  await handle.sync()
  await handle.close()
  await rename(`${file}.new`, file)
  const folder = await open(join(file, '..'), 'r')
  await folder.sync()
  await folder.close()
}
