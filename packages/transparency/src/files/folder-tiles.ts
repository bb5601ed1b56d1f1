import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TileSource } from '../tile-source.ts'
import { parseTilePath } from '../tiles.ts'
import { CHECKPOINT_FILE } from './checkpoints-file.ts'

/** The resources of a log in a folder. Only paths of tlog-tiles are read, so a path may come from outside. */
export function folderTiles(folder: string): TileSource {
  return {
    async read(path) {
      if (path !== CHECKPOINT_FILE) parseTilePath(path)
      return await readIfThere(join(folder, path))
    },
  }
}

/** The bytes of a file, undefined when there is none. */
export async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
