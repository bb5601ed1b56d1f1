import { TransparencyError } from './errors.ts'
import type { Checkpoint, LogReader } from './log-reader.ts'
import type { TileSource } from './tile-source.ts'
import { VerifiedTree } from './verified-tree.ts'

/** The checkpoints of one log, verified, from wherever they come. */
export interface CheckpointFeed extends AsyncDisposable {
  latest(): Promise<Checkpoint>
  /** The first kept checkpoint of at least this size, undefined when none is published yet. */
  covering(size: number): Promise<Checkpoint | undefined>
  /**
   * Calls back whenever there may be a new checkpoint, with its size where that is known, until what it returns is called. Called only while somebody
   * waits, so that nobody polls for nothing.
   */
  watch(changed: (size?: number) => void): () => void
}

/** A reader made of checkpoints and tiles: what a folder and an address have in common. */
export function readLog(
  feed: CheckpointFeed,
  tiles: TileSource,
  identity: { readonly origin: string; readonly vkey: string },
  options: { readonly cachedTiles?: number } = {},
): LogReader {
  const tree = new VerifiedTree(tiles, options)
  // An array, as few wait at once: a Map or Set of what comes and goes has all of it outlive its time (docs/decisions/0066).
  const waiters: Waiter[] = []
  let closed: TransparencyError | undefined
  let unwatch: (() => void) | undefined

  /** Makes the tree reach this size: under the last checkpoint, so that later proofs need no other head. */
  async function reach(size: number): Promise<void> {
    assertOpen()
    if (size <= tree.size) return
    const { size: latest, root } = await feed.latest()
    if (latest > tree.size) await tree.adopt(latest, root)
  }

  function assertOpen(): void {
    if (closed !== undefined) throw closed
  }

  // One for all waits: whoever keeps it keeps nothing of any of them.
  function wakeThose(published = Number.POSITIVE_INFINITY): void {
    for (const { size, wake } of waiters) if (size <= published) wake()
  }

  /** Settles when there may be a checkpoint of this size. Ask `feed.covering` after calling this: what comes in between is not missed. */
  function wait(size: number, signal: AbortSignal): { readonly over: Promise<void>; stop(): void } {
    const { promise: over, resolve: wake, reject: fail } = Promise.withResolvers<void>()
    over.catch(() => {}) // nobody may be listening by then
    const waiter: Waiter = { size, wake, fail }
    const abort = () => fail(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    waiters.push(waiter)
    unwatch ??= feed.watch(wakeThose)
    return {
      over,
      stop() {
        signal.removeEventListener('abort', abort)
        waiters.splice(waiters.indexOf(waiter), 1)
        if (waiters.length > 0) return
        unwatch?.()
        unwatch = undefined
      },
    }
  }

  return {
    ...identity,

    async latest() {
      assertOpen()
      return await feed.latest()
    },

    async waitForSize(size, signal) {
      assertOpen()
      const known = await feed.covering(size)
      if (known !== undefined) return known
      for (;;) {
        assertOpen()
        signal.throwIfAborted()
        const { over, stop } = wait(size, signal)
        try {
          const checkpoint = await feed.covering(size)
          if (checkpoint !== undefined) return checkpoint
          await over
        } finally {
          stop()
        }
      }
    },

    async inclusionProof(leaf, size) {
      await reach(size)
      const [proof] = await tree.inclusionProofs([leaf], size)
      return proof as Uint8Array[]
    },

    async inclusionProofs(leaves, size) {
      await reach(size)
      return await tree.inclusionProofs(leaves, size)
    },

    async consistencyProof(from, to) {
      await reach(to)
      return await tree.consistencyProof(from, to)
    },

    async rootAt(size) {
      await reach(size)
      return await tree.rootAt(size)
    },

    async *checkpointsAfter(size) {
      for (let after = size; ; ) {
        assertOpen()
        const checkpoint = await feed.covering(after + 1)
        if (checkpoint === undefined) return
        yield checkpoint
        after = checkpoint.size
      }
    },

    async [Symbol.asyncDispose]() {
      if (closed !== undefined) return
      closed = new TransparencyError('transparency/closed', 'the log reader has been closed')
      for (const { fail } of waiters) fail(closed)
      await feed[Symbol.asyncDispose]()
    },
  }
}

/** Somebody who waits for a checkpoint of at least this size. */
interface Waiter {
  readonly size: number
  wake(): void
  fail(reason: unknown): void
}
