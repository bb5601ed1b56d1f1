import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BackupError } from './backup-error.ts'

/** A folder under a name of its own until it is whole. Disposing of it before removes it with all that is in it. */
export interface UnfinishedFolder extends AsyncDisposable {
  readonly folder: string
  /** Gives it the name that was meant: from here on it is there, whole and durable. */
  finish(): Promise<void>
}

/**
 * Begins a folder that appears under its name whole or not at all. What a kill leaves behind is called `NAME.unfinished-…` and may be deleted.
 *
 * @throws {BackupError} `backup/exists`: there is something under that name already
 */
export async function beginFolder(name: string): Promise<UnfinishedFolder> {
  await assertFree(name)
  await mkdir(dirname(name), { recursive: true })
  const folder = `${name}.unfinished-${randomUUID().slice(0, 8)}`
  await mkdir(folder, { mode: 0o700 })
  let isFinished = false
  return {
    folder,
    async finish() {
      await syncAll(folder)
      // A rename replaces an empty folder and fails on any other, should one have come meanwhile.
      await rename(folder, name)
      isFinished = true
      await sync(dirname(name))
    },
    async [Symbol.asyncDispose]() {
      if (!isFinished) await rm(folder, { recursive: true, force: true })
    },
  }
}

async function assertFree(name: string): Promise<void> {
  const there = await readdir(name).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    if (error.code === 'ENOTDIR') return ['a file']
    throw error
  })
  if (there.length > 0)
    throw new BackupError(
      'backup/exists',
      `${name} is there already, and not empty: nothing is written over. Choose another name`,
    )
}

/** Brings everything in a folder to the disk, the names of what is in it included. */
async function syncAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) await syncAll(path)
    else await sync(path)
  }
  await sync(folder)
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
