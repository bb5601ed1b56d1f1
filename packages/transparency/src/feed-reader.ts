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
   * Calls back whenever there may be a new checkpoint, until what it returns is called. Called only while somebody waits, so that nobody polls for
   * nothing.
   */
  watch(changed: () => void): () => void
}

/** A reader made of checkpoints and tiles: what a folder and an address have in common. */
export function readLog(
  feed: CheckpointFeed,
  tiles: TileSource,
  identity: { readonly origin: string; readonly vkey: string },
  options: { readonly cachedTiles?: number } = {},
): LogReader {
  const tree = new VerifiedTree(tiles, options)
  const closed = new AbortController()
  const waiting = new Set<() => void>()
  let unwatch: (() => void) | undefined

  /** Makes the tree reach this size: under the last checkpoint, so that later proofs need no other head. */
  async function reach(size: number): Promise<void> {
    assertOpen()
    if (size <= tree.size) return
    const { size: latest, root } = await feed.latest()
    if (latest > tree.size) await tree.adopt(latest, root)
  }

  function assertOpen(): void {
    closed.signal.throwIfAborted()
  }

  /** Resolves when there may be a new checkpoint. Ask `feed.covering` after calling this: what comes in between is not missed. */
  function change(): { readonly happened: Promise<void>; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.add(resolve)
    unwatch ??= feed.watch(() => {
      for (const wake of waiting) wake()
      waiting.clear()
    })
    return {
      happened: promise,
      stop() {
        waiting.delete(resolve)
        if (waiting.size > 0) return
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
      const either = AbortSignal.any([signal, closed.signal])
      for (;;) {
        either.throwIfAborted()
        const { happened, stop } = change()
        try {
          const checkpoint = await feed.covering(size)
          if (checkpoint !== undefined) return checkpoint
          await unlessAborted(happened, either)
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
      if (closed.signal.aborted) return
      closed.abort(new TransparencyError('transparency/closed', 'the log reader has been closed'))
      unwatch?.()
      await feed[Symbol.asyncDispose]()
    },
  }
}

async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
