/** A checkpoint whose two signature lines have been verified: the log's own note signature and its timestamped cosignature. */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  /** 32 bytes; the SHA-256 of nothing for an empty log. */
  readonly root: Uint8Array
  /** When the log cosigned it: Unix time in whole seconds. */
  readonly time: number
  /** The signed note, byte for byte as it was published. */
  readonly text: string
}

/**
 * A log as its readers see it: published checkpoints and what can be proven under them.
 *
 * Everything returned was checked against a verified checkpoint: a reader that meets a damaged tile throws, it never returns a wrong proof.
 * All methods may be called concurrently.
 */
export interface LogReader extends AsyncDisposable {
  readonly origin: string
  /** The verifier key as it is pinned by outsiders: `name+hash+base64`. */
  readonly vkey: string
  /** The last published checkpoint. */
  latest(): Promise<Checkpoint>
  /**
   * Resolves with the first known checkpoint of at least this size, at once or as soon as it is published.
   *
   * @throws the signal's reason when it is aborted
   * @throws {TransparencyError} `transparency/closed` when the reader is closed meanwhile
   */
  waitForSize(size: number, signal: AbortSignal): Promise<Checkpoint>
  /**
   * Audit path of a leaf in the tree of the given size, lowest first (RFC 6962 section 2.1.1).
   *
   * @throws {DamagedLogError} a tile is missing or damaged
   * @throws {TransparencyError} `transparency/out-of-range`: there is no such leaf, or no checkpoint of this size yet
   */
  inclusionProof(leaf: number, size: number): Promise<readonly Uint8Array[]>
  /** Audit paths of several leaves in the tree of one size, in the order of the leaves: what they share is looked up once. */
  inclusionProofs(leaves: readonly number[], size: number): Promise<readonly (readonly Uint8Array[])[]>
  /** Consistency proof between two sizes (RFC 6962 section 2.1.2); empty between equal sizes and from size 0. */
  consistencyProof(from: number, to: number): Promise<readonly Uint8Array[]>
  /** Root of the tree as it was at this size. */
  rootAt(size: number): Promise<Uint8Array>
  /** Every kept checkpoint of a size greater than `size`, smallest first. */
  checkpointsAfter(size: number): AsyncIterable<Checkpoint>
}
