import { decodeBase64url } from './base64url.ts'
import { checkSchema, parseCanonical } from './canonical-form.ts'
import { fromBase64url, textOf, utf8 } from './encoding.ts'
import { StatementError } from './errors.ts'
import { labelledHash } from './hash.ts'
import { identityOf } from './identifiers.ts'
import type { SignatureAlgorithm } from './keys.ts'
import { isKind, type Kind, kinds, type PayloadOf } from './kinds/index.ts'
import type { StreamPrefix } from './vocabularies.ts'

/** Most bytes of a payload. */
export const largestPayload = 8 * 1024
/** `typ` of every statement (RFC 8725 section 3.11). */
const statementType = 'tidings-statement+jws'

/** A statement that has passed the gate: well-formed, canonical, of a known kind. Its signature is checked apart (`verifyStatement`). */
export interface Statement<K extends Kind = Kind> {
  /** The compact JWS as it was signed. */
  readonly jws: string
  /** Identity: base64url SHA-256 of the signing input. */
  readonly id: string
  readonly alg: SignatureAlgorithm
  /** Thumbprint of the key that signed. */
  readonly kid: string
  readonly payload: PayloadOf<K>
}

/** Header bytes: exactly these three members in this order, or there would be two spellings of one header. */
export function headerOf(alg: SignatureAlgorithm, kid: string): string {
  return `{"alg":"${alg}","kid":"${kid}","typ":"${statementType}"}`
}

// The kid is a digest: 32 bytes in their one spelling.
const headerForm =
  /^\{"alg":"(Ed25519|ES256)","kid":"([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])","typ":"tidings-statement\+jws"\}$/
// 64 bytes are 86 characters, of which the last carries two bits and four zeros.
const signatureForm = /^[A-Za-z0-9_-]{85}[AQgw]$/

// A header of fixed members, a payload of at most 8 KiB, a signature of 64 bytes.
const largestJws = 200 + Math.ceil((largestPayload * 4) / 3) + 100
// What is decoded only to be read as text is decoded here, one after the other: no part of a JWS of that size is longer.
const room = new Uint8Array(largestJws)

/** Bytes of a part of a JWS that is not too large. They last until the next one is asked for. */
function decoded(part: string, field: string): Uint8Array {
  return room.subarray(0, decodeBase64url(part, room, field))
}

/**
 * Reads a statement through the strict gate: canonical base64url, exact header bytes, payload in its own canonical form (JCS), schema of its
 * kind. A JOSE library alone accepts several encodings of one JWS; what passes here has one spelling.
 *
 * The signature is not checked: see {@link verifyStatement}.
 *
 * @throws {StatementError} naming the first faulty field and the rule
 */
export function readStatement(jws: string): Statement {
  if (jws.length > largestJws)
    throw new StatementError('statement/too-large', 'statement', `must have at most ${largestJws} characters`)
  const parts = jws.split('.')
  const [header, body, signature] = parts
  if (parts.length !== 3 || header === undefined || body === undefined || signature === undefined) {
    throw new StatementError(
      'statement/encoding',
      'statement',
      'must be a compact JWS: three parts joined by dots (RFC 7515)',
    )
  }
  const headerText = textOf(decoded(header, 'header'), 'header')
  const payloadBytes = decoded(body, 'payload')
  if (!signatureForm.test(signature)) {
    fromBase64url(signature, 'signature')
    throw new StatementError('statement/encoding', 'signature', 'must be 64 bytes')
  }
  const [, alg, kid] = headerForm.exec(headerText) ?? []
  if ((alg !== 'Ed25519' && alg !== 'ES256') || kid === undefined) {
    throw new StatementError(
      'statement/header',
      'header',
      'must hold exactly alg (Ed25519 or ES256), kid and typ, in that order',
    )
  }
  if (payloadBytes.length > largestPayload) {
    throw new StatementError('statement/too-large', 'payload', `must have at most ${largestPayload} bytes`)
  }
  const payload = checkPayload(parseCanonical(payloadBytes, 'payload'))
  return { jws, id: identityOf(jws.slice(0, header.length + 1 + body.length)), alg, kid, payload }
}

/**
 * The payload of a statement that has passed the gate, in its canonical form, as bytes.
 *
 * @param allocate where they are written; memory of its own unless told
 */
export function payloadBytesOf(
  { jws }: Statement,
  allocate = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length),
): Uint8Array<ArrayBuffer> {
  const body = jws.slice(jws.indexOf('.') + 1, jws.lastIndexOf('.'))
  const bytes = allocate(Math.floor((body.length * 3) / 4))
  decodeBase64url(body, bytes, 'payload')
  return bytes
}

/**
 * Checks a payload against the schema of its kind.
 *
 * @throws {StatementError} `statement/schema`
 */
export function checkPayload(value: unknown): PayloadOf {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  if (!isKind(kind)) throw new StatementError('statement/schema', '/kind', 'must name a kind of statement')
  return checkSchema<PayloadOf>(kinds[kind].payload, value, 'statement/schema')
}

/** Whether a statement is of a kind; narrows its payload. */
export function isOfKind<K extends Kind>(statement: Statement, kind: K): statement is Statement<K> {
  return statement.payload.kind === kind
}

/** Prefix of the stream that a payload belongs to. */
export function prefixOf(payload: PayloadOf): StreamPrefix {
  const { stream } = kinds[payload.kind]
  if (stream !== 'any') return stream
  return (payload as PayloadOf<'statement.release' | 'statement.correct' | 'statement.retract'>).body.stream
}

/** Name of the stream that a payload belongs to, e.g. `request-0198…`. */
export function streamOf(payload: PayloadOf): string {
  return `${prefixOf(payload)}-${payload.about}`
}

const entryLabel = utf8('tidings-leaf/v1\n')

/**
 * What the log holds of a statement: 48 bytes, opaque to whoever does not hold the statement.
 *
 * @param jws as text or as its bytes
 */
export function leafEntry(jws: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = typeof jws === 'string' ? utf8(jws) : jws
  const entry = new Uint8Array(entryLabel.length + 32)
  entry.set(entryLabel)
  entry.set(labelledHash('tidings/leaf/v1\n', bytes), entryLabel.length)
  return entry
}
