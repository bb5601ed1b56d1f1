import { parentPort, workerData } from 'node:worker_threads'
import { openFileToWrite, serveWrites } from '@tidings/sqlite-file'
import type { VaultKeys } from '../key-hierarchy.ts'
import { contentJobs } from './content-jobs.ts'
import { vaultFormat, vaultSettings } from './format.ts'

// The thread that writes to a vault: the lock on the file is held by whoever started it, who has also seen that the keys are those of the vault.

/** What the thread is started with. */
export interface ContentThreadData {
  readonly file: string
  readonly keys: VaultKeys
}

const { file, keys } = workerData as ContentThreadData
if (parentPort === null) throw new Error('this file runs as a worker thread')

serveWrites({
  port: parentPort,
  file,
  // What a loss of power takes back is still pending: the next start settles it.
  written: ['publish'],
  open() {
    const db = openFileToWrite({ file, format: vaultFormat, settings: vaultSettings })
    return { db, jobs: contentJobs(db, keys, file) }
  },
})
