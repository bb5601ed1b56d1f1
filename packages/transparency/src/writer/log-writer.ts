import { dirname, join } from 'node:path'
import { equalBytes, utf8 } from '../bytes.ts'
import { signCheckpoint, type TreeHead, verifyCheckpoint } from '../checkpoint.ts'
import type { Signer } from '../ed25519.ts'
import { assertEntrySize } from '../entry-bundle.ts'
import { TransparencyError } from '../errors.ts'
import { CHECKPOINT_FILE, VKEY_FILE } from '../files/checkpoints-file.ts'
import { readIfThere } from '../files/folder-tiles.ts'
import type { Checkpoint } from '../log-reader.ts'
import { emptyRoot } from '../merkle.ts'
import { formatVkey } from '../signed-note.ts'
import { bundlePath, tilePath } from '../tiles.ts'
import { makeFolder, replaceFile, writeDurably } from './durable-files.ts'
import type { EntryRecord } from './entry-record.ts'
import type { Guard, GuardState } from './guard.ts'
import { type LogFolderOwner, ownLogFolder } from './log-folder-owner.ts'
import { deriveEdge, mendEarlierPartials } from './rederive.ts'
import { type Growth, type Resource, TreeEdge } from './tree-edge.ts'

/** What a log is made of. */
export interface LogWriterOptions {
  /** The log folder; made when it is not there. */
  readonly folder: string
  readonly guard: Guard
  /** The log's name for ever: origin of its checkpoints and name of its key. A schema-less URL by custom. */
  readonly origin: string
  readonly signer: Signer
  /** Time of day in milliseconds; the machine's unless told. */
  readonly now?: () => number
}

/** What an existing log is opened with. */
export interface OpenLogOptions extends LogWriterOptions {
  /** The entries as they were recorded; the log is made anew from them where it is behind. */
  readonly record: EntryRecord
}

/**
 * The one writer of a log folder.
 *
 * A publication is durable, and its checkpoint is kept for ever, once it resolves. After an error nothing more is published: what has reached the disk
 * is then not known, and opening the log again finds out.
 */
export interface LogWriter extends AsyncDisposable {
  readonly origin: string
  readonly vkey: string
  /** The last published checkpoint. */
  readonly checkpoint: Checkpoint
  /** Position in the record of the last leaf; -1 when there is none. */
  readonly position: number
  /**
   * Appends entries and publishes a checkpoint that covers them. Without entries nothing is signed and the last checkpoint is the answer. Calls are
   * served one after the other.
   *
   * @param entries at most 65,535 bytes each
   * @param position position in the record of the last of them
   * @throws {TransparencyError} `transparency/entry-too-large` (nothing has changed), `transparency/guard-conflict`, `transparency/writer-failed`,
   * `transparency/closed`
   */
  publish(entries: readonly Uint8Array[], position: number): Promise<Checkpoint>
  /** Calls back with every checkpoint as it is published, in order, until what it returns is called. */
  subscribe(published: (checkpoint: Checkpoint) => void): () => void
}

/** How a tree head becomes a signed checkpoint. */
export type SignCheckpoint = (head: TreeHead, time: number, signer: Signer) => Promise<Checkpoint>

/**
 * Creates a log: an empty tree, its first checkpoint, its guard. Killed anywhere, it is created by calling this again.
 *
 * @throws {TransparencyError} `transparency/log-exists`: a log, or the guard of one, is there; `transparency/guard-missing`: a log is there without its
 * guard; `transparency/second-writer`
 */
export async function createLog(options: LogWriterOptions): Promise<LogWriter> {
  return await createLogSignedBy(signCheckpoint, options)
}

/** {@link createLog} with other signature lines, to write a log exactly as another implementation does. */
export async function createLogSignedBy(sign: SignCheckpoint, options: LogWriterOptions): Promise<LogWriter> {
  const { folder, guard } = options
  await makeFolder(folder)
  await using opened = new AsyncDisposableStack()
  const owner = opened.use(await ownLogFolder(folder))
  const state = await guard.read()
  const last = await owner.last()
  if (state === undefined && last !== undefined && last.size > 0) throw guardMissing(folder)
  if ((state?.size ?? 0) > 0 || (last?.size ?? 0) > 0)
    throw new TransparencyError(
      'transparency/log-exists',
      `there is a log of ${Math.max(state?.size ?? 0, last?.size ?? 0)} entries in ${folder}, or its guard: open it`,
    )
  await claimFolder(options)
  const empty: GuardState = { size: 0, root: emptyRoot(), position: -1 }
  if (state === undefined && !(await guard.compareAndSet(undefined, empty))) throw guardConflict()
  const checkpoint = await lastCheckpoint(options, owner) // one that a creation left that was killed
  const writer = new Writer(sign, options, owner, TreeEdge.empty(), empty)
  await writer.begin(checkpoint)
  opened.move()
  return writer
}

/**
 * Opens a log and brings it to where its guard stands: what the last process had not finished is finished, what the disk has lost is made anew from the
 * record, and the checkpoint that was about to be signed is signed. Refuses whenever that could be a fork.
 *
 * @throws {TransparencyError} `transparency/guard-missing`, `transparency/guard-behind`, `transparency/guard-conflict`,
 * `transparency/record-behind-guard` (an old copy of the record), `transparency/record-differs`, `transparency/other-key`,
 * `transparency/second-writer`, `transparency/newer-format`
 */
export async function openLog(options: OpenLogOptions): Promise<LogWriter> {
  const { folder, guard, record } = options
  await makeFolder(folder)
  await using opened = new AsyncDisposableStack()
  const owner = opened.use(await ownLogFolder(folder))
  const last = await owner.last()
  const state = await guard.read()
  if (state === undefined) throw guardMissing(folder)
  await claimFolder(options)
  if (last !== undefined && last.size > state.size)
    throw new TransparencyError(
      'transparency/guard-behind',
      `the guard stands at ${state.size}, the log in ${folder} has signed ${last.size}: this is an old guard. Put the present one back`,
    )
  const held = await record.size()
  if (held < state.size)
    throw new TransparencyError(
      'transparency/record-behind-guard',
      `the record holds ${held} entries, the log has signed ${state.size}: this is an old copy of the data folder, and continuing it would sign a fork. ` +
        'Put the newer copy back; docs/operating.md says how to recover when it is lost',
    )
  const checkpoint = await lastCheckpoint(options, owner)
  const edge = await deriveEdge(folder, state, record)
  await mendEarlierPartials(folder, edge, async (spans) => await owner.keptWithin(spans))
  const writer = new Writer(signCheckpoint, options, owner, edge, state)
  await writer.begin(checkpoint)
  opened.move()
  return writer
}

/** The folder belongs to one key for ever. */
async function claimFolder({ folder, origin, signer }: LogWriterOptions): Promise<void> {
  const file = join(folder, VKEY_FILE)
  const vkey = `${formatVkey(origin, signer.publicKey)}\n`
  const there = await readIfThere(file)
  if (there === undefined) return await replaceFile(file, vkey)
  if (!equalBytes(there, utf8(vkey)))
    throw new TransparencyError(
      'transparency/other-key',
      `the log in ${folder} belongs to another key or origin (see ${file}): put its key back, or choose another folder`,
    )
}

async function lastCheckpoint({ origin, signer }: LogWriterOptions, owner: LogFolderOwner) {
  const last = await owner.last()
  return last && (await verifyCheckpoint(last.text, formatVkey(origin, signer.publicKey)))
}

class Writer implements LogWriter {
  readonly origin: string
  readonly vkey: string
  readonly #sign: SignCheckpoint
  readonly #folder: string
  readonly #guard: Guard
  readonly #signer: Signer
  readonly #now: () => number
  readonly #owner: LogFolderOwner
  /** Runs ahead of the checkpoint while a publication is under way. Owned by #turn. */
  readonly #edge: TreeEdge
  readonly #subscribers = new Set<(checkpoint: Checkpoint) => void>()
  /** What the guard holds, as far as this writer knows. */
  #state: GuardState
  #checkpoint: Checkpoint | undefined
  /** Settles when the publication under way is done. */
  #turn: Promise<unknown> = Promise.resolve()
  #failed: TransparencyError | undefined

  constructor(
    sign: SignCheckpoint,
    options: LogWriterOptions,
    owner: LogFolderOwner,
    edge: TreeEdge,
    state: GuardState,
  ) {
    this.origin = options.origin
    this.vkey = formatVkey(options.origin, options.signer.publicKey)
    this.#sign = sign
    this.#folder = options.folder
    this.#guard = options.guard
    this.#signer = options.signer
    this.#now = options.now ?? Date.now
    this.#owner = owner
    this.#edge = edge
    this.#state = state
  }

  get checkpoint(): Checkpoint {
    if (this.#checkpoint === undefined) throw new Error('the log has not begun')
    return this.#checkpoint
  }

  get position(): number {
    return this.#state.position
  }

  /** Finishes the publication that the guard allows, if the last process was stopped in it. */
  async begin(last: Checkpoint | undefined): Promise<void> {
    this.#checkpoint = last
    if (last?.size === this.#state.size && !equalBytes(last.root, this.#state.root)) throw guardDiffers(last.size)
    if (last?.size === this.#state.size) await this.#owner.write([{ path: CHECKPOINT_FILE, data: utf8(last.text) }])
    else this.#checkpoint = await this.#issue()
  }

  publish(entries: readonly Uint8Array[], position: number): Promise<Checkpoint> {
    const published = this.#turn.then(() => this.#publish(entries, position))
    this.#turn = published.catch(() => {})
    return published
  }

  async #publish(entries: readonly Uint8Array[], position: number): Promise<Checkpoint> {
    if (this.#failed !== undefined) throw this.#failed
    if (entries.length === 0) return this.checkpoint
    for (const entry of entries) assertEntrySize(entry)
    try {
      for (const entry of entries) this.#edge.append(entry)
      const growth = this.#edge.take()
      // 1. The tree. Killed here, or after a power failure here, the guard knows nothing of it: the next start writes the same bytes again.
      await this.#write(growth)
      // 2. The guard. From here on only this root may be signed for this size. Killed here, the next start signs it.
      const next: GuardState = { size: this.#edge.size, root: this.#edge.root(), position }
      if (!(await this.#guard.compareAndSet(this.#state, next))) throw guardConflict()
      this.#state = next
      // 3. The checkpoint: signed, kept for ever, then shown in the file that outsiders ask for. Killed here, it was never given out, or it is kept and
      // the next start shows it. The file is not synced: the next start writes it from the kept one.
      const checkpoint = await this.#issue()
      this.#checkpoint = checkpoint
      for (const published of this.#subscribers) published(checkpoint)
      await this.#removeOutgrown(growth)
      return checkpoint
    } catch (cause) {
      // Its own files out of reach: whatever stood in the way, it is the writing that has failed.
      this.#failed =
        cause instanceof TransparencyError && cause.code !== 'transparency/unreachable'
          ? cause
          : new TransparencyError(
              'transparency/writer-failed',
              `the log in ${this.#folder} could not be written: ${(cause as Error).message}. Open it again to go on`,
              { cause },
            )
      throw this.#failed
    }
  }

  /**
   * Lasting resources survive a power failure from here on: no start reads them again. Passing ones, one of each a publication, are not synced: they
   * hold the last 255 entries at most, which the record holds durably, and every start makes them anew. That saves four syncs of six.
   */
  async #write({ lasting, passing }: Growth): Promise<void> {
    const inFolder = ({ path, data }: Resource) => ({ path: join(this.#folder, path), data })
    await Promise.all([writeDurably(lasting.map(inFolder)), this.#owner.write(passing)])
  }

  /** Signs what the guard holds and keeps the checkpoint. Its time is never before that of the last one, whatever the clock says. */
  async #issue(): Promise<Checkpoint> {
    const time = Math.max(Math.floor(this.#now() / 1000), this.#checkpoint?.time ?? 0)
    const { size, root } = this.#state
    const checkpoint = await this.#sign({ origin: this.origin, size, root }, time, this.#signer)
    await this.#owner.keep(checkpoint)
    return checkpoint
  }

  /** Partial tiles of a tile before the one just filled: long replaced by the full one. Those of the one just filled may still be asked for. */
  async #removeOutgrown({ filled }: Growth): Promise<void> {
    const outgrown = filled.flatMap(({ level, index }) => {
      if (index === 0) return []
      const before = { index: index - 1, width: 1 }
      return [dirname(level === 'entries' ? bundlePath(before) : tilePath({ level, ...before }))]
    })
    await this.#owner.remove(outgrown)
  }

  subscribe(published: (checkpoint: Checkpoint) => void): () => void {
    this.#subscribers.add(published)
    return () => void this.#subscribers.delete(published)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn
    this.#failed ??= new TransparencyError('transparency/closed', 'the log writer has been closed')
    await this.#owner[Symbol.asyncDispose]()
  }
}

function guardMissing(folder: string): TransparencyError {
  return new TransparencyError(
    'transparency/guard-missing',
    `the guard of the log in ${folder} is missing: without it an old copy of the log could be continued into a fork. ` +
      'Put the guard back beside the data folder; docs/operating.md says how to recover when it is lost',
  )
}

function guardConflict(): TransparencyError {
  return new TransparencyError(
    'transparency/guard-conflict',
    'the guard was set by another writer of this log: open the log again to follow it',
  )
}

function guardDiffers(size: number): TransparencyError {
  return new TransparencyError(
    'transparency/record-differs',
    `the guard and the last checkpoint hold different roots for size ${size}: one of them belongs to another log`,
  )
}
