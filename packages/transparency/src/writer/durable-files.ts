import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Tells names of temporary files apart that one process writes at the same time. */
let counter = 0

/**
 * Writes a file whole and durably: a temporary file in the same folder, synced, then a rename, then the folder synced. Whoever reads, and whoever
 * starts after a kill or a power failure, meets the old file or the new one, never a part; once this resolves, the new one.
 */
export async function replaceFile(path: string, data: Uint8Array | string): Promise<void> {
  await writeAside(path, data)
  await syncFolder(dirname(path))
}

/** Writes many files durably, syncing each folder once. */
export async function writeDurably(
  files: readonly { readonly path: string; readonly data: Uint8Array }[],
): Promise<void> {
  await Promise.all(files.map(({ path, data }) => writeAside(path, data)))
  const folders = new Set(files.map(({ path }) => dirname(path)))
  await Promise.all([...folders].map(syncFolder))
}

/** Creates a folder and those above it; each new name survives a power failure. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  // `first` is the highest folder that was made: its name stands in the folder above it, the others each in the one above theirs.
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

async function writeAside(path: string, data: Uint8Array | string): Promise<void> {
  counter = (counter + 1) % Number.MAX_SAFE_INTEGER
  const aside = `${path}.${process.pid}-${counter}.tmp`
  const file = await open(aside, 'w').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    await makeFolder(dirname(path))
    return await open(aside, 'w')
  })
  try {
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(aside, path)
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
