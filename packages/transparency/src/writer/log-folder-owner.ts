import { Worker } from 'node:worker_threads'
import { FileError, type FileErrorReason } from '@tidings/sqlite-file'
import { TransparencyError } from '../errors.ts'
import { checkpointsError, type SizeSpan } from '../files/checkpoints-file.ts'
import type { Resource } from './tree-edge.ts'

/** What the thread is asked. */
export type FolderQuestion = { readonly id: number } & (
  | { readonly ask: 'open' | 'last' | 'close' }
  | { readonly ask: 'write'; readonly resources: readonly Resource[] }
  | { readonly ask: 'remove'; readonly folders: readonly string[] }
  | { readonly ask: 'keep'; readonly size: number; readonly time: number; readonly text: string }
  | { readonly ask: 'keptWithin'; readonly spans: readonly SizeSpan[] }
)

/** What it answers. */
export type FolderAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly reason?: FileErrorReason }

/** The writer's hold on a log folder: its lock, its kept checkpoints, and what is written there without being synced. */
export interface LogFolderOwner extends AsyncDisposable {
  /** Writes resources whole, each by a rename. They survive a kill, not a power failure. */
  write(resources: readonly Resource[]): Promise<void>
  /** Removes folders, named as resources are, with all that is in them; what is not there is left at that. */
  remove(folders: readonly string[]): Promise<void>
  /** Keeps a checkpoint and then shows it in the file `checkpoint`. Kept durably once it resolves; the file survives a kill. */
  keep(checkpoint: { readonly size: number; readonly time: number; readonly text: string }): Promise<void>
  /** The last checkpoint kept. */
  last(): Promise<{ readonly size: number; readonly text: string } | undefined>
  /** For each span of sizes whether a checkpoint of such a size is kept. */
  keptWithin(spans: readonly SizeSpan[]): Promise<readonly boolean[]>
}

/** A question that is not answered yet. */
interface Pending {
  readonly id: number
  resolve(value: unknown): void
  reject(error: Error): void
}

type Ask = FolderQuestion extends infer Q ? (Q extends { id: number } ? Omit<Q, 'id'> : never) : never

/**
 * Takes the writer lock of a folder that is there, and opens its kept checkpoints.
 *
 * @throws {TransparencyError} `transparency/second-writer`, `transparency/newer-format`, `transparency/checkpoint-damaged`, `transparency/unreachable`
 */
export async function ownLogFolder(folder: string): Promise<LogFolderOwner> {
  const thread = new Worker(new URL('./log-folder-thread.ts', import.meta.url), { workerData: folder, name: 'log' })
  // An array, as few are asked at once: a Map of what comes and goes has all of it outlive its time (docs/decisions/0066).
  let pending: Pending[] = []
  let ended: Error | undefined
  let next = 0

  thread.on('message', (answer: FolderAnswer) => {
    const place = pending.findIndex(({ id }) => id === answer.id)
    const [asked] = place < 0 ? [] : pending.splice(place, 1)
    if (answer.ok) asked?.resolve(answer.value)
    else
      asked?.reject(
        answer.reason === undefined
          ? new Error(answer.message)
          : (checkpointsError(new FileError(answer.reason, answer.message)) as Error),
      )
  })
  const end = (error: Error) => {
    ended ??= error
    for (const { reject } of pending) reject(ended)
    pending = []
  }
  thread.on('error', end)
  thread.on('exit', () => end(new TransparencyError('transparency/closed', 'the log folder has been closed')))

  function ask<T>(question: Ask): Promise<T> {
    if (ended !== undefined) return Promise.reject(ended)
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const id = next++
    pending.push({ id, resolve, reject })
    thread.postMessage({ ...question, id })
    return promise as Promise<T>
  }

  async function close(): Promise<void> {
    if (ended !== undefined) return
    await ask({ ask: 'close' })
    await thread.terminate()
  }

  try {
    await ask({ ask: 'open' })
  } catch (error) {
    await close()
    throw error
  }
  return {
    write: async (resources) => (resources.length === 0 ? undefined : await ask({ ask: 'write', resources })),
    remove: async (folders) => (folders.length === 0 ? undefined : await ask({ ask: 'remove', folders })),
    keep: async ({ size, time, text }) => await ask({ ask: 'keep', size, time, text }),
    last: async () => await ask({ ask: 'last' }),
    keptWithin: async (spans) => await ask({ ask: 'keptWithin', spans }),
    [Symbol.asyncDispose]: close,
  }
}
