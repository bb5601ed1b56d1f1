import {
  type ContentOpening,
  checkContents,
  checkDocument,
  type NewContent,
  newContent,
  type PayloadOf,
  type Seen,
  type Signer,
  type Statement,
  sha256,
  signStatement,
  toBase64url,
} from '@tidings/statement'
import type { Submission } from './contract/index.ts'
import type { Unsigned } from './statements/unsigned.ts'

/** A statement that is signed and ready to be sent, with all that travels with it. */
export interface Prepared {
  readonly statement: Statement
  readonly document?: Uint8Array<ArrayBuffer>
  readonly contents: readonly ContentOpening[]
}

/** Who states it, under which key, and what the author has seen of the log. */
export interface Author {
  /** The party. */
  readonly party: string
  readonly signer: Signer
  readonly seen: Seen
  /** Time of day in milliseconds; the machine's unless told. */
  readonly now?: () => number
}

/**
 * Commits to the contents under fresh salts, binds the document, and signs. Everything that intake checks without knowing the record is checked here first.
 *
 * @throws {StatementError} naming the field and the rule
 */
export async function prepare(unsigned: Unsigned, author: Author): Promise<Prepared> {
  const { document, contents = [], ...said } = unsigned
  const committed: NewContent[] = contents.map(({ subject, mediaType, data }) => newContent(subject, mediaType, data))
  const payload = {
    v: 1,
    iss: author.party,
    iat: new Date(author.now?.() ?? Date.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    seen: author.seen,
    ...withoutEmpty(said),
    ...(document && { document: { sha256: toBase64url(sha256(document.data)), mediaType: document.mediaType } }),
    ...(committed.length > 0 && { content: committed.map(({ reference }) => reference) }),
  } as unknown as PayloadOf
  checkDocument(payload, document?.data)
  checkContents(payload, committed)
  const statement = await signStatement(payload, author.signer)
  return { statement, contents: committed, ...(document && { document: document.data }) }
}

/** Lists that hold nothing are left out of a payload. */
function withoutEmpty<T extends object>(said: T): Partial<T> {
  const entries = Object.entries(said).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  )
  return Object.fromEntries(entries) as Partial<T>
}

/** What is posted to `/v1/statements`. */
export function submissionOf({ statement, document, contents }: Prepared): Submission {
  return {
    statement: statement.jws,
    ...(document && { document: toBase64url(document) }),
    ...(contents.length > 0 && {
      contents: contents.map(({ salt, data }) => ({ salt: toBase64url(salt), data: toBase64url(data) })),
    }),
  }
}
