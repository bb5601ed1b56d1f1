import type { KeyObject } from 'node:crypto'

/** A content to keep: what a statement said about one subject, with the salt that opens its commitment. */
export interface NewContent {
  /** Base64url of the 32 bytes by which a statement names the content. */
  readonly commitment: string
  /** The thing or person that the content is about: a UUID. Contents of one subject are erased together. */
  readonly subject: string
  readonly mediaType: string
  /** 32 bytes. */
  readonly salt: Uint8Array
  readonly data: Uint8Array
}

/** What seals contents for one vault. It can be posted to another thread, which then seals without the store. */
export interface SealingKey {
  readonly wrapping: KeyObject
}

/** A content as it is kept, before it is kept: encrypted under a key of its own. */
export interface SealedContent {
  readonly commitment: string
  readonly subject: string
  readonly mediaType: string
  /** The encrypted content, its salt with it. */
  readonly sealed: Uint8Array
  /** Its key, wrapped by the subject's key that is proposed here. */
  readonly wrappedKey: Uint8Array
  /** A key for the subject, wrapped by the vault's: it becomes the subject's key unless the subject has one. */
  readonly subjectKey: Uint8Array
}

/** The statement that brings contents, and the stream in which it is, or will be, recorded: whoever settles a crash looks it up there. */
export interface Origin {
  /** Base64url identity of the statement. */
  readonly statement: string
  /** Name of its stream, e.g. `request-0198…`. */
  readonly stream: string
}

/** Sealed contents, and the statement that brings them. */
export interface Holding {
  readonly origin: Origin
  readonly contents: readonly SealedContent[]
}

/** A content as it is read back. */
export interface StoredContent extends NewContent {
  /** Base64url identity of the statement that brought it. */
  readonly statement: string
}

/**
 * What was said about persons and places, encrypted, kept apart from the record, and erasable.
 *
 * A content is held under the statement that brought it: `pending` until that statement is recorded, then `live`. Each content is encrypted
 * with a key of its own, that key is wrapped by its subject's key, and the subject's key by a master key that is not in the store: without
 * any one of the three there is nothing to read. `hold` is durable once it resolves. `publish` has survived a kill then; a loss of power may take it
 * back, and `sweep` settles what is pending after that. All methods may be called concurrently.
 */
export interface Vault extends AsyncDisposable {
  /** Seals contents for this vault (`sealContents`). It opens them as well: it stays in the process. */
  readonly sealing: SealingKey
  /**
   * Keeps a statement's contents as pending, all or none. Those that the statement has brought already stay as they are; if they are still
   * pending, they count as held now.
   *
   * @throws {VaultError} `vault/unavailable`: it is not certain that they are held; hold the same again
   */
  hold(origin: Origin, contents: readonly NewContent[]): Promise<void>
  /**
   * {@link hold} for contents that were sealed for this vault and this statement by `sealContents`, perhaps in another thread. Their bytes are not copied:
   * leave them alone until this resolves.
   */
  holdSealed(origin: Origin, contents: readonly SealedContent[]): Promise<void>
  /**
   * {@link holdSealed} for several statements, each by itself, as if it had been called for one after the other in one turn of the event loop.
   *
   * @returns for each, in their order, the error that `holdSealed` would have thrown, if any
   */
  holdEach(holdings: readonly Holding[]): Promise<readonly (Error | undefined)[]>
  /**
   * Makes a statement's contents live. Unknown statements and repeats change nothing.
   *
   * @throws {VaultError} `vault/unavailable`: it is not certain that they are live; publish the same again
   */
  publish(statement: string): Promise<void>
  /**
   * {@link publish} for several statements, each by itself, as if it had been called for one after the other in one turn of the event loop.
   *
   * @returns for each, in their order, the error that `publish` would have thrown, if any
   */
  publishEach(statements: readonly string[]): Promise<readonly (Error | undefined)[]>
  /**
   * The live content that a statement brought under a commitment, or undefined; also where it is looked for in another stream than it was held for.
   *
   * @throws {VaultError} `vault/damaged`: what is kept is not what was held
   */
  read(origin: Origin, commitment: string): Promise<StoredContent | undefined>
  /**
   * Settles what was left pending by a crash: contents held before `heldBefore` become live if `isRecorded` says so of their statement, else
   * they are deleted. The caller passes a time after which none of those statements can still arrive. A statement that is held again
   * meanwhile is left alone.
   */
  sweep(heldBefore: Date, isRecorded: (origin: Origin) => Promise<boolean>): Promise<Swept>
  /** How many contents are pending and live. */
  count(): Promise<{ readonly pending: number; readonly live: number }>
}

/** What a sweep did, in numbers of statements. */
export interface Swept {
  readonly published: number
  readonly deleted: number
}
