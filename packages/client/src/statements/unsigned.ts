import type { Participant } from '@tidings/exchange'
import { canonicalForm, type Kind, type PayloadOf } from '@tidings/statement'

/** A content that is to travel with a statement. */
export interface UnsignedContent {
  /** What it is about: contents of one subject are erased together. */
  readonly subject: string
  readonly mediaType: string
  readonly data: Uint8Array<ArrayBuffer>
}

/** A statement before it is signed: what its kind needs. Issuer, time and the checkpoint last seen are added when it is signed. */
export interface Unsigned<K extends Kind = Kind> {
  readonly kind: K
  readonly about: string
  readonly mechanism?: string
  readonly to?: readonly string[]
  readonly aud?: readonly string[]
  readonly re?: readonly string[]
  readonly body: PayloadOf<K>['body']
  readonly document?: { readonly mediaType: string; readonly data: Uint8Array<ArrayBuffer> }
  readonly contents?: readonly UnsignedContent[]
}

/** A content in JSON, in its canonical form. */
export function jsonContent(subject: string, mediaType: string, value: unknown): UnsignedContent {
  return { subject, mediaType, data: canonicalForm(value) }
}

/** A public document, in its canonical form. */
export function jsonDocument(mediaType: string, value: unknown): NonNullable<Unsigned['document']> {
  return { mediaType, data: canonicalForm(value) }
}

/**
 * Who may see a statement besides its author: the other side, the central agency of the mechanism if it has one, and whoever else is named.
 *
 * @param participants of the mechanism
 * @param author who states it: it needs not be named
 */
export function audienceOf(
  participants: readonly Pick<Participant, 'party' | 'role'>[],
  author: string,
  ...otherSide: readonly string[]
): string[] {
  const agency = participants.filter(({ role }) => role === 'central-agency').map(({ party }) => party)
  return [...new Set([...otherSide, ...agency])].filter((party) => party !== author)
}
