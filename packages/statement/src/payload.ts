/** The last checkpoint of the log that an author has verified: two parties' own signatures show a split view. */
export interface Seen {
  readonly origin: string
  readonly size: number
  /** Base64url of the 32-byte root; of the SHA-256 of nothing for an empty log. */
  readonly root: string
}

/** How a statement binds the public document beside it. */
export interface DocumentReference {
  /** Base64url SHA-256 of the document's bytes. */
  readonly sha256: string
  readonly mediaType: string
}

/** How a statement binds a content without telling anything of it. */
export interface ContentReference {
  /** What the content is about: contents of one subject are erased together. */
  readonly subject: string
  /** Base64url of the salted commitment. */
  readonly commitment: string
  readonly mediaType: string
  /** Size to which the content is padded, in bytes. */
  readonly bucket: number
}

/**
 * What a party signs. Identifiers, closed vocabularies and agreed dates only: no free text, nothing of a person. Absent members are left out.
 */
export interface Payload<K extends string = string, B = unknown> {
  readonly v: 1
  readonly kind: K
  /** The party that states it. */
  readonly iss: string
  /** The mechanism under which it is stated. */
  readonly mechanism?: string
  /** The thing it is about; with the kind's prefix it names the stream. */
  readonly about: string
  /** Who owes an answer. */
  readonly to?: readonly string[]
  /** Who may see it besides its author: everyone in `to`, the central agency, whoever else. */
  readonly aud?: readonly string[]
  /** When its author says that it was made: information, never decisive. */
  readonly iat: string
  /** The statements of the same stream that it answers. */
  readonly re?: readonly string[]
  readonly seen: Seen
  readonly caveats?: readonly string[]
  readonly body: B
  readonly document?: DocumentReference
  readonly content?: readonly ContentReference[]
}
