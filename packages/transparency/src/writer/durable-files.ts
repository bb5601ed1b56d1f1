import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Tells names of temporary files apart that one process writes at the same time. */
let counter = 0

/**
 * Writes a file whole: a temporary file in the same folder, then a rename. Whoever reads, and whoever starts after this process was killed, meets the
 * old file or the new one, never a part.
 *
 * `durable`: it also survives a power failure once this resolves. Its bytes are synced before the rename, so that the name never stands for an empty
 * file, and its folder after it.
 */
export async function replaceFile(
  path: string,
  data: Uint8Array | string,
  options: { readonly durable: boolean },
): Promise<void> {
  await writeAside(path, data, options.durable)
  if (options.durable) await syncFolder(dirname(path))
}

/** Writes many files durably, syncing each folder once. */
export async function writeDurably(
  files: readonly { readonly path: string; readonly data: Uint8Array }[],
): Promise<void> {
  await Promise.all(files.map(({ path, data }) => writeAside(path, data, true)))
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

async function writeAside(path: string, data: Uint8Array | string, durable: boolean): Promise<void> {
  counter = (counter + 1) % Number.MAX_SAFE_INTEGER
  const aside = `${path}.${process.pid}-${counter}.tmp`
  const file = await open(aside, 'w').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    await makeFolder(dirname(path))
    return await open(aside, 'w')
  })
  try {
    await file.writeFile(data)
    if (durable) await file.sync()
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
