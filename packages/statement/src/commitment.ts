import { toBase64url, utf8 } from './encoding.ts'
import { StatementError } from './errors.ts'
import { sha256, sha256Base64url } from './hash.ts'
import type { ContentReference } from './payload.ts'

/** Smallest bucket of a content, in bytes. */
export const smallestBucket = 1024
/** Largest bucket of a content, in bytes. */
export const largestBucket = 1024 * 1024

/** The bucket to which a content of this length is padded: the next power of two from 1 KiB, so that a statement does not tell the length. */
export function bucketOf(length: number): number {
  if (length > largestBucket) {
    throw new StatementError('statement/too-large', 'content', `must have at most ${largestBucket} bytes`)
  }
  return Math.max(smallestBucket, 2 ** Math.ceil(Math.log2(Math.max(1, length))))
}

/**
 * Commits to a content: `SHA-256("tidings/content/v1\n" || salt[32] || u64be(length) || content padded with zero bytes to its bucket)`.
 *
 * The salt makes the commitment tell nothing: without it, names and dates could be guessed. Destroy it with the content.
 */
export function commitTo(salt: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256(committedBytes(salt, data))
}

const label = utf8('tidings/content/v1\n')
// Nearly all contents have the smallest bucket: what is hashed of them is written here, one after the other.
const room = new Uint8Array(label.length + 32 + 8 + smallestBucket)

/** What a commitment hashes, in one piece. It lasts until the next one is asked for. */
function committedBytes(salt: Uint8Array, data: Uint8Array): Uint8Array {
  const at = label.length + salt.length + 8
  const length = at + bucketOf(data.length)
  const bytes = length <= room.length ? room.subarray(0, length).fill(0) : new Uint8Array(length)
  bytes.set(label)
  bytes.set(salt, label.length)
  // The length in 8 bytes, of which the first 4 are zero: no bucket is that large.
  new DataView(bytes.buffer).setUint32(at - 4, data.length)
  bytes.set(data, at)
  return bytes
}

/** A content with the salt that opens its commitment. */
export interface ContentOpening {
  /** 32 random bytes, used once. */
  readonly salt: Uint8Array
  readonly data: Uint8Array
}

/** A content ready to travel: how a statement names it, and its opening. */
export interface NewContent extends ContentOpening {
  readonly reference: ContentReference
}

/** Makes a content ready to travel, under a fresh salt. */
export function newContent(subject: string, mediaType: string, data: Uint8Array): NewContent {
  const salt = crypto.getRandomValues(new Uint8Array(32))
  const commitment = toBase64url(commitTo(salt, data))
  return { reference: { subject, commitment, mediaType, bucket: bucketOf(data.length) }, salt, data }
}

/**
 * Checks that an opening is the one that a statement committed to.
 *
 * @throws {StatementError} `statement/commitment` if it is not
 */
export function checkOpening(reference: ContentReference, opening: ContentOpening, field = '/contents/0'): void {
  if (opening.salt.length !== 32) throw new StatementError('statement/commitment', `${field}/salt`, 'must be 32 bytes')
  if (bucketOf(opening.data.length) !== reference.bucket) {
    throw new StatementError('statement/commitment', `${field}/data`, 'must have the bucket that the statement names')
  }
  if (sha256Base64url(committedBytes(opening.salt, opening.data)) !== reference.commitment) {
    throw new StatementError('statement/commitment', field, 'must open the commitment of the statement')
  }
}
