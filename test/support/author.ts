import type { Receipt, Submission } from '@tidings/client/contract'
import {
  type ContentOpening,
  canonicalForm,
  type Kind,
  newContent,
  newThingId,
  type PayloadOf,
  partyIdOf,
  type Seen,
  type SignatureKey,
  type Signer,
  type Statement,
  sha256,
  signStatement,
  thumbprint,
  toBase64url,
  webCryptoSigner,
} from '@tidings/statement'

/** What a service answered. */
export interface Answer {
  readonly status: number
  readonly body: Receipt & {
    readonly type: string
    readonly reason?: string
    readonly leaf: number
    readonly field?: string
    readonly rule?: string
  }
}

/** Makes a signer with a fresh key. */
export async function newSigner(curve: 'Ed25519' | 'P-256' = 'Ed25519'): Promise<Signer> {
  const algorithm = curve === 'Ed25519' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const key: SignatureKey = curve === 'Ed25519' ? { kty: 'OKP', crv: 'Ed25519', x } : { kty: 'EC', crv: 'P-256', x, y }
  return webCryptoSigner(key, pair.privateKey)
}

/** What an author says, without what follows from who and where the author is. */
export type Said<K extends Kind> = Pick<PayloadOf<K>, 'kind' | 'about' | 'body'> &
  Partial<Omit<PayloadOf<K>, 'kind' | 'about' | 'body' | 'content' | 'document'>> & {
    /** A content by its value, or by its bytes. */
    readonly tells?: {
      readonly subject?: string
      readonly mediaType: string
      readonly value?: unknown
      readonly bytes?: Uint8Array
    }
    readonly document?: { readonly mediaType: string; readonly value: unknown }
  }

/** A statement that is ready to be posted. */
export interface Prepared {
  readonly statement: Statement
  readonly submission: Submission
}

/** A party that speaks to a service by bare HTTP, so that tests can say anything, right or wrong. */
export class Author {
  readonly id: string
  readonly signer: Signer
  readonly recover: Signer
  readonly #url: string
  readonly #inception: PayloadOf<'party.inception'>['body']
  #seen: Seen

  private constructor(url: string, origin: string, signer: Signer, recover: Signer, next: Signer) {
    this.#url = url
    this.signer = signer
    this.recover = recover
    this.#inception = {
      keys: [
        { role: 'sign', jwk: signer.key },
        { role: 'recover', jwk: recover.key },
      ],
      nextRecover: thumbprint(next.key),
    }
    this.id = partyIdOf(this.#inception)
    this.#seen = { origin, size: 0, root: toBase64url(sha256(new Uint8Array())) }
  }

  /** A party with fresh keys, not recorded yet. */
  static async make(url: string, origin: string, curve: 'Ed25519' | 'P-256' = 'Ed25519'): Promise<Author> {
    return new Author(url, origin, await newSigner(curve), await newSigner(), await newSigner())
  }

  /** A party that has begun. */
  static async begin(url: string, origin: string, curve: 'Ed25519' | 'P-256' = 'Ed25519'): Promise<Author> {
    const author = await Author.make(url, origin, curve)
    const answer = await author.say(author.inception())
    if (answer.status !== 201) throw new Error(`the party could not begin: ${JSON.stringify(answer.body)}`)
    return author
  }

  inception(): Said<'party.inception'> {
    return { kind: 'party.inception', about: this.id, body: this.#inception }
  }

  /** What this author says it has seen from now on. */
  sees(seen: Seen): void {
    this.#seen = seen
  }

  async prepare<K extends Kind>(said: Said<K>, signer: Signer = this.signer): Promise<Prepared> {
    const { tells, document, ...rest } = said
    const content =
      tells && newContent(tells.subject ?? newThingId(), tells.mediaType, tells.bytes ?? canonicalForm(tells.value))
    const documentBytes = document && canonicalForm(document.value)
    const payload = {
      v: 1,
      iss: this.id,
      iat: `${new Date().toISOString().slice(0, 19)}Z`,
      seen: this.#seen,
      ...rest,
      ...(content && { content: [content.reference] }),
      ...(document &&
        documentBytes && { document: { sha256: toBase64url(sha256(documentBytes)), mediaType: document.mediaType } }),
    } as unknown as PayloadOf<K>
    const statement = await signStatement(payload, signer)
    return { statement, submission: submissionOf(statement.jws, content ? [content] : [], documentBytes) }
  }

  async say<K extends Kind>(said: Said<K>, signer?: Signer): Promise<Answer> {
    return this.post((await this.prepare(said, signer)).submission)
  }

  async post(submission: unknown): Promise<Answer> {
    const response = await fetch(`${this.#url}/v1/statements`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof submission === 'string' ? submission : JSON.stringify(submission),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }
}

/** What a service answered to many, line by line. */
export interface BatchAnswers {
  readonly status: number
  readonly headers: Headers
  /** The problem, if it was refused as a whole. */
  readonly body?: Answer['body']
  readonly lines: readonly { readonly status: number; readonly receipt?: Receipt; readonly problem?: Answer['body'] }[]
}

/** Posts submissions, or lines that are none, as one request. */
export async function postBatch(url: string, submissions: readonly unknown[]): Promise<BatchAnswers> {
  const lines = submissions.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
  const response = await fetch(`${url}/v1/statements/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => `${line}\n`).join(''),
  })
  const text = await response.text()
  const { status, headers } = response
  if (status !== 200) return { status, headers, body: JSON.parse(text), lines: [] }
  return {
    status,
    headers,
    lines: text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  }
}

/** The body of a post. */
function submissionOf(jws: string, contents: readonly ContentOpening[], document?: Uint8Array): Submission {
  return {
    statement: jws,
    ...(document && { document: toBase64url(document) }),
    ...(contents.length > 0 && {
      contents: contents.map(({ salt, data }) => ({ salt: toBase64url(salt), data: toBase64url(data) })),
    }),
  }
}

/** A person's file of an invented person. */
export const inventedPerson = {
  mediaType: 'application/vnd.tidings.person+json',
  value: { names: [{ full: 'Invented Person' }] },
}
/** A case file of an invented person, not yet said. */
export function inventedCase(about = newThingId()): Said<'case.describe'> {
  return { kind: 'case.describe', about, body: {}, tells: inventedPerson }
}
/** A request's content about an invented person. */
export const inventedRequest = {
  mediaType: 'application/vnd.tidings.request+json',
  value: { person: inventedPerson.value, lastContact: { category: 'captured', date: { edtf: '1992-02' } } },
}
/** A reply's content that finds nothing. */
export const inventedReply = {
  mediaType: 'application/vnd.tidings.reply+json',
  value: { answers: [{ question: 'fate', search: { text: 'Registers of the district, 1991 to 1994' } }] },
}
