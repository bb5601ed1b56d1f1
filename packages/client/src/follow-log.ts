import { type Seen, toBase64url } from '@tidings/statement'
import {
  type Checkpoint,
  type LogReader,
  TransparencyError,
  verifyCheckpoint,
  verifyConsistency,
} from '@tidings/transparency'
import { ClientError, SplitViewError } from './errors.ts'

/** A log as one client has seen it: every checkpoint it has met belongs to one tree, or it says which do not. */
export interface FollowedLog extends AsyncDisposable {
  readonly vkey: string
  /** The last checkpoint that was verified, and found consistent with the one before. */
  readonly checkpoint: Checkpoint
  /** What statements made now say of it. */
  seen(): Seen
  /**
   * Takes the log's latest checkpoint.
   *
   * @throws {SplitViewError} it does not continue what was seen before
   */
  advance(): Promise<Checkpoint>
  /**
   * Notes a checkpoint that a receipt came with, already verified under the pinned key. It is compared with the tree at the next {@link settle}.
   */
  note(checkpoint: Checkpoint): void
  /**
   * Finds every checkpoint noted in the one tree.
   *
   * @throws {SplitViewError}
   */
  settle(): Promise<void>
  /** Milliseconds since the epoch when something was first noted and not settled yet. */
  readonly unsettledSince: number | undefined
}

/** How to follow a log. */
export interface FollowOptions {
  /** The checkpoint that was last verified in an earlier run, as it was published. */
  readonly lastSeen?: string
  /** Told of each checkpoint that was verified: keep the last one for the next run. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void
}

/**
 * Follows a log from where an earlier run has left it.
 *
 * @throws {SplitViewError} the log does not continue what was seen before
 * @throws {ClientError} `client/other-log`: the kept checkpoint is not of this log
 */
export async function followLog(log: LogReader, options: FollowOptions = {}): Promise<FollowedLog> {
  let checkpoint = options.lastSeen === undefined ? undefined : await verifyKept(options.lastSeen, log.vkey)
  const noted = new Map<string, Checkpoint>()
  let unsettledSince: number | undefined
  let turn: Promise<unknown> = Promise.resolve()

  /** One after the other: each is compared with the one before. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }

  async function toLatest(): Promise<Checkpoint> {
    const latest = await log.latest()
    const before = checkpoint
    if (before === undefined || latest.size >= before.size) {
      if (before) await assertContinues(log, before, latest)
      if (latest.text !== before?.text) options.onCheckpoint?.(latest)
      checkpoint = latest
      return latest
    }
    throw new SplitViewError(
      `The log shows ${latest.size} leaves now and has signed ${before.size} before: an old copy of it may be in place.`,
      [before.text, latest.text],
    )
  }

  const first = await inTurn(toLatest)
  return {
    vkey: log.vkey,
    get checkpoint() {
      return checkpoint ?? first
    },
    seen() {
      const { origin, size, root } = checkpoint ?? first
      return { origin, size, root: toBase64url(root) }
    },
    advance: () => inTurn(toLatest),
    note(met) {
      noted.set(met.text, met)
      unsettledSince ??= Date.now()
    },
    get unsettledSince() {
      return unsettledSince
    },
    settle: () =>
      inTurn(async () => {
        const met = [...noted.values()].sort((a, b) => a.size - b.size)
        noted.clear()
        unsettledSince = undefined
        const largest = met.at(-1)
        if (!largest) return
        if (largest.size > (checkpoint?.size ?? 0)) await toLatest()
        for (const one of met) await assertContinues(log, one, checkpoint ?? first)
      }),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  }
}

async function verifyKept(text: string, vkey: string): Promise<Checkpoint> {
  try {
    return await verifyCheckpoint(text, vkey)
  } catch (cause) {
    throw new ClientError(
      'client/other-log',
      'the checkpoint kept from an earlier run is not of the log that is pinned now: was the service set up anew?',
      { cause },
    )
  }
}

/** Checks that the larger of two checkpoints continues the smaller. */
async function assertContinues(log: LogReader, a: Checkpoint, b: Checkpoint): Promise<void> {
  const [from, to] = a.size <= b.size ? [a, b] : [b, a]
  try {
    verifyConsistency({ from, to, proof: await log.consistencyProof(from.size, to.size) })
  } catch (cause) {
    if (
      cause instanceof TransparencyError &&
      (cause.code === 'transparency/consistency-invalid' || cause.code === 'transparency/fork')
    ) {
      throw new SplitViewError(
        `The log has signed a tree of ${from.size} leaves that is no beginning of the one of ${to.size} that it has signed as well.`,
        [from.text, to.text],
        { cause },
      )
    }
    throw cause
  }
}
