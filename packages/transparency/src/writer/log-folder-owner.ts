import { Worker } from 'node:worker_threads'
import { TransparencyError } from '../errors.ts'
import type { Resource } from './tree-edge.ts'

/** What the thread is asked. */
export type FolderQuestion = { readonly id: number } & (
  | { readonly ask: 'open' | 'last' | 'close' }
  | { readonly ask: 'write'; readonly resources: readonly Resource[] }
  | { readonly ask: 'keep'; readonly size: number; readonly time: number; readonly text: string }
  | { readonly ask: 'sizes'; readonly above: number; readonly below: number }
)

/** What it answers. */
export type FolderAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly errcode?: number }

/** The writer's hold on a log folder: its lock, its kept checkpoints, and what is written there without being synced. */
export interface LogFolderOwner extends AsyncDisposable {
  /** Writes resources whole, each by a rename. They survive a kill, not a power failure. */
  write(resources: readonly Resource[]): Promise<void>
  /** Keeps a checkpoint and then shows it in the file `checkpoint`. Kept durably once it resolves; the file survives a kill. */
  keep(checkpoint: { readonly size: number; readonly time: number; readonly text: string }): Promise<void>
  /** The last checkpoint kept. */
  last(): Promise<{ readonly size: number; readonly text: string } | undefined>
  /** Sizes of the checkpoints kept between these two, without them, ascending. */
  sizesBetween(above: number, below: number): Promise<readonly number[]>
}

type Ask = FolderQuestion extends infer Q ? (Q extends { id: number } ? Omit<Q, 'id'> : never) : never

const SQLITE_BUSY = 5

/**
 * Takes the writer lock of a folder that is there, and opens its kept checkpoints.
 *
 * @throws {TransparencyError} `transparency/second-writer`, `transparency/newer-format`
 */
export async function ownLogFolder(folder: string): Promise<LogFolderOwner> {
  const thread = new Worker(new URL('./log-folder-thread.ts', import.meta.url), { workerData: folder })
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let ended: Error | undefined
  let next = 0

  thread.on('message', (answer: FolderAnswer) => {
    const asked = pending.get(answer.id)
    pending.delete(answer.id)
    if (answer.ok) asked?.resolve(answer.value)
    else asked?.reject(Object.assign(new Error(answer.message), { errcode: answer.errcode }))
  })
  const end = (error: Error) => {
    ended ??= error
    for (const { reject } of pending.values()) reject(ended)
    pending.clear()
  }
  thread.on('error', end)
  thread.on('exit', () => end(new TransparencyError('transparency/closed', 'the log folder has been closed')))

  function ask<T>(question: Ask): Promise<T> {
    if (ended !== undefined) return Promise.reject(ended)
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const id = next++
    pending.set(id, { resolve, reject })
    thread.postMessage({ ...question, id })
    return promise as Promise<T>
  }

  async function close(): Promise<void> {
    if (ended !== undefined) return
    await ask({ ask: 'close' })
    await thread.terminate()
  }

  try {
    const newer = await ask<number | undefined>({ ask: 'open' })
    if (newer !== undefined)
      throw new TransparencyError(
        'transparency/newer-format',
        `the log in ${folder} was written by a newer version (format ${newer}): start that version`,
      )
  } catch (error) {
    await close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY)
      throw new TransparencyError(
        'transparency/second-writer',
        `another process writes the log in ${folder}: stop it first, or choose another data folder`,
      )
    throw error
  }
  return {
    write: async (resources) => (resources.length === 0 ? undefined : await ask({ ask: 'write', resources })),
    keep: async ({ size, time, text }) => await ask({ ask: 'keep', size, time, text }),
    last: async () => await ask({ ask: 'last' }),
    sizesBetween: async (above, below) => await ask({ ask: 'sizes', above, below }),
    [Symbol.asyncDispose]: close,
  }
}
