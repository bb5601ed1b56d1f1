import { watch } from 'node:fs'
import { join } from 'node:path'
import { textOf } from '../bytes.ts'
import { checkpointVerifier } from '../checkpoint-verifier.ts'
import { DamagedLogError } from '../errors.ts'
import { type CheckpointFeed, readLog } from '../feed-reader.ts'
import type { Checkpoint, LogReader } from '../log-reader.ts'
import { parseVkey } from '../signed-note.ts'
import { CHECKPOINT_FILE, VKEY_FILE } from './checkpoints-file.ts'
import { folderTiles, readIfThere } from './folder-tiles.ts'
import { type KeptCheckpoints, openKeptCheckpoints } from './kept-checkpoints.ts'

/** Checkpoints as a writer in the same process publishes them; a `LogWriter` is one. */
export interface Publications {
  readonly checkpoint: Checkpoint
  subscribe(published: (checkpoint: Checkpoint) => void): () => void
}

/** Which log folder to read, and how. */
export interface LogFolderOptions {
  readonly folder: string
  /** The log's pinned verifier key; without it the one in the folder is believed. */
  readonly vkey?: string
  /** The writer, when it is in this process: readers then learn of a checkpoint at once and without asking the disk. */
  readonly publications?: Publications
  /** How often to look for a new checkpoint while somebody waits, in case the system does not tell, in milliseconds; 200 unless told. */
  readonly pollMs?: number
  /** Full tiles kept in memory, 16 KiB each; 1024 unless told. */
  readonly cachedTiles?: number
}

/** Checkpoints of this process's writer kept in memory. */
const RECENT = 4096

/**
 * Opens a log folder for reading, in the writer's process or any other.
 *
 * @throws {DamagedLogError} `transparency/resource-missing`: the folder holds no log
 * @throws {TransparencyError} `transparency/malformed-vkey`, `transparency/newer-format`
 */
export async function openLogFolder(options: LogFolderOptions): Promise<LogReader> {
  const { folder } = options
  const vkey = options.vkey ?? (await readVkey(folder))
  const origin = parseVkey(vkey).name
  const feed =
    options.publications === undefined
      ? await followFolder(folder, vkey, options.pollMs ?? 200)
      : followWriter(folder, vkey, options.publications)
  return readLog(feed, folderTiles(folder), { origin, vkey }, options)
}

async function readVkey(folder: string): Promise<string> {
  const bytes = await readIfThere(join(folder, VKEY_FILE))
  if (bytes === undefined)
    throw new DamagedLogError('transparency/resource-missing', VKEY_FILE, `there is no log in ${folder}`)
  return textOf(bytes, 'transparency/malformed-vkey', 'the verifier key').trimEnd()
}

/** Looks at the files; somebody else writes them. */
async function followFolder(folder: string, vkey: string, pollMs: number): Promise<CheckpointFeed> {
  const verify = checkpointVerifier(vkey)
  const file = join(folder, CHECKPOINT_FILE)
  let kept: KeptCheckpoints | undefined

  async function latest(): Promise<Checkpoint> {
    const bytes = await readIfThere(file)
    if (bytes === undefined)
      throw new DamagedLogError('transparency/resource-missing', CHECKPOINT_FILE, `there is no checkpoint in ${folder}`)
    return await verify(textOf(bytes, 'transparency/malformed-note', 'the checkpoint'))
  }

  return {
    latest,
    async covering(size) {
      const newest = await latest()
      if (newest.size < size) return undefined
      kept ??= openKeptCheckpoints(folder)
      const text = kept?.covering(size)
      const checkpoint = text === undefined ? undefined : await verify(text)
      return checkpoint !== undefined && checkpoint.size <= newest.size ? checkpoint : newest
    },
    watch(changed) {
      // The system tells of most changes at once; of none on some network file systems, hence the timer.
      const watcher = watch(folder, (_event, name) => {
        if (name === null || name === CHECKPOINT_FILE) changed()
      })
      watcher.on('error', () => {})
      const timer = setInterval(changed, pollMs)
      return () => {
        watcher.close()
        clearInterval(timer)
      }
    },
    async [Symbol.asyncDispose]() {
      kept?.[Symbol.dispose]()
    },
  }
}

/** Listens to the writer in this process. Its checkpoints need no verifying: it has just signed them, or verified them when it was opened. */
function followWriter(folder: string, vkey: string, publications: Publications): CheckpointFeed {
  const verify = checkpointVerifier(vkey)
  const kept = openKeptCheckpoints(folder)
  /** The last ones without a gap, smallest first. */
  let recent: Checkpoint[] = [publications.checkpoint]
  const listeners = new Set<(size: number) => void>()
  const unsubscribe = publications.subscribe((checkpoint) => {
    recent.push(checkpoint)
    if (recent.length >= 2 * RECENT) recent = recent.slice(-RECENT)
    for (const changed of listeners) changed(checkpoint.size)
  })

  return {
    async latest() {
      return recent.at(-1) as Checkpoint
    },
    async covering(size) {
      const [oldest] = recent as [Checkpoint]
      // Before the oldest in memory there may be others that cover this size as well.
      if (size > oldest.size) return firstCovering(recent, size)
      const text = kept?.covering(size)
      return text === undefined ? oldest : await verify(text)
    },
    watch(changed) {
      listeners.add(changed)
      return () => void listeners.delete(changed)
    },
    async [Symbol.asyncDispose]() {
      unsubscribe()
      kept?.[Symbol.dispose]()
    },
  }
}

function firstCovering(checkpoints: readonly Checkpoint[], size: number): Checkpoint | undefined {
  let low = 0
  let high = checkpoints.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((checkpoints[middle] as Checkpoint).size >= size) high = middle
    else low = middle + 1
  }
  return checkpoints[low]
}
