import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { TransparencyError } from '../errors.ts'
import { CHECKPOINTS_FILE } from '../files/layout.ts'

/** What the thread is started with. */
export interface StoreThreadData {
  readonly databaseFile: string
  readonly lockFile: string
}

/** What the thread is asked. */
export type StoreQuestion = { readonly id: number } & (
  | { readonly ask: 'open' | 'last' | 'close' }
  | { readonly ask: 'add'; readonly size: number; readonly time: number; readonly text: string }
  | { readonly ask: 'sizes'; readonly above: number; readonly below: number }
)

/** What it answers. */
export type StoreAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly errcode?: number }

/** Every checkpoint that was issued, in an SQLite file of the log folder; and the folder's writer lock. */
export interface CheckpointStore extends AsyncDisposable {
  /** Durable once it resolves. */
  add(checkpoint: { readonly size: number; readonly time: number; readonly text: string }): Promise<void>
  last(): Promise<{ readonly size: number; readonly text: string } | undefined>
  /** Sizes kept between these two, without them, ascending. */
  sizesBetween(above: number, below: number): Promise<readonly number[]>
}

type Ask = StoreQuestion extends infer Q ? (Q extends { id: number } ? Omit<Q, 'id'> : never) : never

const SQLITE_BUSY = 5

/**
 * Opens the store and takes the writer lock.
 *
 * @throws {TransparencyError} `transparency/second-writer`, `transparency/newer-format`
 */
export async function openCheckpointStore(folder: string): Promise<CheckpointStore> {
  const data: StoreThreadData = { databaseFile: join(folder, CHECKPOINTS_FILE), lockFile: join(folder, 'writer.lock') }
  const thread = new Worker(new URL('./checkpoint-store-thread.ts', import.meta.url), { workerData: data })
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let ended: Error | undefined
  let next = 0

  thread.on('message', (answer: StoreAnswer) => {
    const asked = pending.get(answer.id)
    pending.delete(answer.id)
    if (answer.ok) asked?.resolve(answer.value)
    else asked?.reject(Object.assign(new Error(answer.message), { errcode: answer.errcode }))
  })
  const fail = (error: Error) => {
    ended ??= error
    for (const { reject } of pending.values()) reject(ended)
    pending.clear()
  }
  thread.on('error', fail)
  thread.on('exit', () =>
    fail(new TransparencyError('transparency/closed', 'the store of checkpoints has been closed')),
  )

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
        `${data.databaseFile} was written by a newer version (format ${newer}): start that version`,
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
    add: async (checkpoint) => await ask({ ask: 'add', ...checkpoint }),
    last: async () => await ask({ ask: 'last' }),
    sizesBetween: async (above, below) => await ask({ ask: 'sizes', above, below }),
    [Symbol.asyncDispose]: close,
  }
}
