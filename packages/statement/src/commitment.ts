import { equalBytes, fromBase64url, toBase64url } from './encoding.ts'
import { StatementError } from './errors.ts'
import { labelledHash } from './hash.ts'
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
  // In one piece: this is done for every content there is.
  const opening = new Uint8Array(salt.length + 8 + bucketOf(data.length))
  opening.set(salt)
  // The length in 8 bytes, of which the first 4 are zero: no bucket is that large.
  new DataView(opening.buffer).setUint32(salt.length + 4, data.length)
  opening.set(data, salt.length + 8)
  return labelledHash('tidings/content/v1\n', opening)
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
  if (!equalBytes(commitTo(opening.salt, opening.data), fromBase64url(reference.commitment))) {
    throw new StatementError('statement/commitment', field, 'must open the commitment of the statement')
  }
}
