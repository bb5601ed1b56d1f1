import { createExchange, inPlace, judge, type Verdict } from '@tidings/exchange'
import {
  bucketOf,
  checkContents,
  checkDocument,
  checkOpening,
  commitTo,
  decodeEventData,
  fromBase64url,
  importSignatureKey,
  leafEntry,
  readStatement,
  type SignatureKey,
  StatementError,
  signStatement,
  streamOf,
  thumbprint,
  toBase64url,
  verifyStatement,
} from '@tidings/statement'
import { leafHash, merkleRoot } from '@tidings/transparency'
import { computeVectors } from './compute.ts'
import { type KeyName, makeCast } from './scene.ts'

/** The vectors, by file. */
export interface Vectors {
  readonly 'keys.json': {
    readonly keys: readonly { readonly name: string; readonly jwk: SignatureKey; readonly thumbprint: string }[]
  }
  readonly 'commitments.json': {
    readonly commitments: readonly {
      readonly salt: string
      readonly repeat: number
      readonly length: number
      readonly bucket: number
      readonly commitment: string
    }[]
  }
  readonly 'exchange.json': { readonly statements: readonly StatementVector[] }
  readonly 'refused.json': {
    readonly refused: readonly { readonly why: string; readonly code: string; readonly jws: string }[]
    readonly weak: readonly { readonly jwk: SignatureKey; readonly jws: string }[]
  }
  readonly [file: string]: object
}

interface StatementVector {
  readonly leaf: number
  readonly by: KeyName
  readonly jws: string
  readonly id: string
  readonly stream: string
  readonly document?: string
  readonly contents?: readonly { readonly salt: string; readonly data: string }[]
  readonly eventData: string
  readonly leafEntry: string
  readonly root: string
  readonly verdict: Verdict
}

/** One thing that every implementation, on every engine, must find. Throws, or gives what differs, if it does not. */
export interface Check {
  readonly title: string
  run(vectors: Vectors): Promise<void>
}

function same(found: unknown, expected: unknown, what: string): void {
  const [one, other] = [found, expected].map((value) => JSON.stringify(value))
  if (one !== other) throw new Error(`${what}: found ${one?.slice(0, 300)}, expected ${other?.slice(0, 300)}`)
}

async function refuses(what: string, code: string, run: () => unknown): Promise<void> {
  const thrown: unknown = await Promise.resolve()
    .then(run)
    .then(
      () => undefined,
      (error: unknown) => error,
    )
  same(thrown instanceof StatementError ? thrown.code : thrown === undefined ? 'taken' : String(thrown), code, what)
}

/**
 * The specification of the ground, on the vectors: sign, read, verify, commit, fold. Needs nothing of Node; Node and a browser run the same.
 */
export const checks: readonly Check[] = [
  {
    title: 'recomputes every vector from keys and salts',
    async run(vectors) {
      const computed = await computeVectors(vectors)
      same(Object.keys(computed).sort(), Object.keys(vectors).sort(), 'files')
      for (const [file, value] of Object.entries(computed)) same(value, vectors[file], file)
    },
  },
  {
    title: 'reads every statement and verifies its signature under its key, and under no other',
    async run({ 'keys.json': { keys }, 'exchange.json': { statements } }) {
      const imported = new Map<string, CryptoKey>()
      for (const { jwk, thumbprint: kid } of keys) {
        same(thumbprint(jwk), kid, 'thumbprint')
        imported.set(kid, await importSignatureKey(jwk))
      }
      for (const { jws, id, stream, leaf } of statements) {
        const statement = readStatement(jws)
        same([statement.id, streamOf(statement.payload)], [id, stream], `statement ${leaf}`)
        for (const [kid, key] of imported) {
          if (kid === statement.kid) await verifyStatement(statement, key)
          else
            await refuses(`statement ${leaf} under ${kid}`, 'statement/signature', () =>
              verifyStatement(statement, key),
            )
        }
      }
    },
  },
  {
    title: 'signs the same bytes again under Ed25519, and under ES256 the same identity',
    async run({ 'exchange.json': { statements } }) {
      const { keys } = await makeCast()
      for (const { by, jws, id } of statements) {
        const signed = await signStatement(readStatement(jws).payload, keys[by])
        same(signed.id, id, 'identity')
        if (signed.alg === 'Ed25519') same(signed.jws, jws, 'JWS')
        else await verifyStatement(signed, await importSignatureKey(keys[by].key))
      }
    },
  },
  {
    title: 'refuses every other spelling of a statement, with its code',
    async run({ 'refused.json': { refused } }) {
      for (const { why, code, jws } of refused) await refuses(why, code, () => readStatement(jws))
    },
  },
  {
    title: 'takes no signature that engines differ on: of points of small order',
    async run({ 'refused.json': { weak } }) {
      for (const { jwk, jws } of weak) {
        const statement = readStatement(jws)
        // An engine may refuse the key already.
        const key = await importSignatureKey(jwk).catch(() => undefined)
        if (key) await refuses(jwk.x, 'statement/signature', () => verifyStatement(statement, key))
      }
    },
  },
  {
    title: 'opens every commitment, and none with another salt, length or bucket',
    async run({ 'commitments.json': { commitments } }) {
      for (const { salt, repeat, length, bucket, commitment } of commitments) {
        const opening = { salt: fromBase64url(salt), data: new Uint8Array(length).fill(repeat) }
        const reference = { subject: '', mediaType: '', commitment, bucket }
        same(
          [toBase64url(commitTo(opening.salt, opening.data)), bucketOf(length)],
          [commitment, bucket],
          `${length} bytes`,
        )
        checkOpening(reference, opening)
        const wrong = [
          { ...opening, salt: opening.salt.map((byte) => byte ^ 1) },
          { ...opening, data: new Uint8Array(Math.max(0, length - 1)).fill(repeat) },
        ]
        for (const other of wrong) {
          if (other.data.length === length && other.salt === opening.salt) continue
          await refuses(`${length} bytes`, 'statement/commitment', () => checkOpening(reference, other))
        }
        const otherBucket = { ...reference, bucket: bucket * 2 }
        await refuses(`${length} bytes`, 'statement/commitment', () => checkOpening(otherBucket, opening))
      }
    },
  },
  {
    title: 'finds document and contents of each statement what it binds',
    async run({ 'exchange.json': { statements } }) {
      for (const { jws, document, contents = [], eventData, leaf } of statements) {
        const { payload } = readStatement(jws)
        const event = decodeEventData(fromBase64url(eventData))
        same([event.jws, event.document && toBase64url(event.document)], [jws, document], `event ${leaf}`)
        checkDocument(payload, event.document)
        checkContents(
          payload,
          contents.map(({ salt, data }) => ({ salt: fromBase64url(salt), data: fromBase64url(data) })),
        )
      }
    },
  },
  {
    title: 'comes to the leaves and roots of the log',
    async run({ 'exchange.json': { statements } }) {
      const entries: Uint8Array[] = []
      for (const { jws, leafEntry: entry, root, leaf } of statements) {
        entries.push(leafEntry(jws))
        same(toBase64url(leafEntry(jws)), entry, `leaf ${leaf}`)
        same(toBase64url(merkleRoot(entries)), root, `root at ${leaf}`)
        same(leafHash(leafEntry(jws)).length, 32, 'leaf hash')
      }
    },
  },
  {
    title: 'finds the verdicts, at once and again from a snapshot',
    async run({ 'exchange.json': { statements } }) {
      let exchange = createExchange()
      const streams = new Set<`request-${string}`>()
      for (const { jws, leaf, document, verdict } of statements) {
        const placed = inPlace(leaf, readStatement(jws), document === undefined ? undefined : fromBase64url(document))
        const stream = streamOf(placed.payload) as `request-${string}`
        streams.add(stream)
        same(judge(exchange.standing, exchange.stateOf(stream), placed), verdict, `advice ${leaf}`)
        same(exchange.place(placed).verdict, verdict, `verdict ${leaf}`)
        const states = [...streams].map((name) => exchange.stateOf(name))
        exchange = createExchange(JSON.parse(JSON.stringify(states)))
      }
    },
  },
]
