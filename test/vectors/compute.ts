import { eventId } from '@tidings/event-store'
import { createExchange, inPlace } from '@tidings/exchange'
import {
  bucketOf,
  canonicalForm,
  commitTo,
  encodeCaseIds,
  encodeEventData,
  fromBase64url,
  headerOf,
  leafEntry,
  readStatement,
  type StreamPrefix,
  streamOf,
  textOf,
  thumbprint,
  toBase64url,
  utf8,
} from '@tidings/statement'
import { leafHash, merkleRoot } from '@tidings/transparency'
import { signOddly } from './forge.ts'
import { bytesOf, type Cast, type Line, listRoot, makeCast, p256, playScene, thing } from './scene.ts'

/** What is kept of the vectors from one generation to the next: signatures that cannot be made again. */
interface Kept {
  readonly 'exchange.json': { readonly statements: readonly { readonly id: string; readonly jws: string }[] }
}

/**
 * Computes all vectors from fixed keys and salts, by file. Needs nothing of Node: a browser comes to the same.
 *
 * @param kept the vectors as they are, if there are any
 */
export async function computeVectors(kept?: Kept): Promise<Readonly<Record<string, object>>> {
  const cast = await makeCast()
  const jws = new Map(kept?.['exchange.json'].statements.map((statement) => [statement.id, statement.jws]))
  const lines = await playScene(cast, jws)
  return {
    'keys.json': keyVectors(cast),
    'party-ids.json': partyVectors(cast),
    'commitments.json': commitmentVectors(),
    'list-roots.json': listVectors(),
    'exchange.json': exchangeVectors(lines),
    'refused.json': await refusedVectors(cast, lines),
  }
}

function keyVectors({ keys }: Cast) {
  return {
    about:
      'Keys. `seed` is the 32 bytes of an Ed25519 private key (RFC 8032), base64url; the P-256 key is that of RFC 7515, A.3. All are public: never use them.',
    keys: Object.entries(keys).map(([name, { key }]) => ({
      name,
      ...(key.crv === 'Ed25519' ? { seed: toBase64url(bytesOf(name)) } : { d: p256.d }),
      jwk: key,
      thumbprint: thumbprint(key),
    })),
  }
}

function partyVectors({ parties }: Cast) {
  return {
    about: 'Party ids: SHA-256("tidings/party/v1\\n" || canonical form of the body of the inception).',
    parties: Object.entries(parties).map(([name, { id, body }]) => ({
      name,
      body,
      canonical: textOf(canonicalForm(body)),
      id,
    })),
  }
}

function commitmentVectors() {
  const lengths = [0, 1, 1023, 1024, 1025, 2048, 2049, 1024 * 1024]
  const repeated = lengths.map((length) => ({ repeat: 0x61, length, data: new Uint8Array(length).fill(0x61) }))
  // One content that ends in zeros, and one that does not: padding must not make them the same.
  const zeros = [1, 2].map((length) => ({ repeat: 0, length, data: new Uint8Array(length) }))
  return {
    about:
      'Commitments: SHA-256("tidings/content/v1\\n" || salt || u64be(length) || content padded with zero bytes to its bucket). The content is `length` times the byte `repeat`.',
    commitments: [...repeated, ...zeros].map(({ repeat, length, data }, i) => {
      const salt = bytesOf(`commitment ${i}`)
      return {
        salt: toBase64url(salt),
        repeat,
        length,
        bucket: bucketOf(length),
        commitment: toBase64url(commitTo(salt, data)),
      }
    }),
  }
}

function listVectors() {
  const descending = [5, 4, 3, 2, 1, 0].map((n) => thing(n * 7))
  return {
    about: 'Lists: content is the case ids as 16 bytes each, ascending; root is the RFC 6962 root over them.',
    lists: [0, 1, 2, 3, 4, 5, 6].map((count) => {
      const ids = descending.slice(0, count)
      return { ids, content: toBase64url(encodeCaseIds(ids)), root: listRoot(ids) }
    }),
  }
}

function exchangeVectors(lines: readonly Line[]) {
  const exchange = createExchange()
  const entries: Uint8Array[] = []
  const statements = lines.map(({ by, jws, document, contents }, leaf) => {
    const statement = readStatement(jws)
    const { id, payload } = statement
    const { verdict, released } = exchange.place(inPlace(leaf, statement, document))
    const entry = leafEntry(jws)
    entries.push(entry)
    return {
      leaf,
      by,
      jws,
      payload,
      ...(document && { document: toBase64url(document) }),
      ...(contents.length > 0 && {
        contents: contents.map(({ salt, data }) => ({ salt: toBase64url(salt), data: toBase64url(data) })),
      }),
      id,
      stream: streamOf(payload),
      eventId: eventId(fromBase64url(id)),
      eventData: toBase64url(encodeEventData({ jws, ...(document && { document }) })),
      leafEntry: toBase64url(entry),
      leafHash: toBase64url(leafHash(entry)),
      root: toBase64url(merkleRoot(entries)),
      verdict,
      ...(released !== undefined && { released }),
    }
  })
  const streams = [...new Set(statements.map(({ stream }) => stream))] as `${StreamPrefix}-${string}`[]
  const things = streams.flatMap((stream) => {
    const { thing } = exchange.stateOf(stream)
    return thing && 'owed' in thing ? [{ stream, thing }] : []
  })
  return {
    about:
      'Statements in the order of a log: `root` is the RFC 6962 root of the tree that ends with the leaf, `verdict` what the fold finds. Signatures under Ed25519 are deterministic; that of `A/hardware` (ES256) can only be verified.',
    statements,
    end: {
      openDuties: things.flatMap(({ thing }) => thing.owed.map(({ number: _, ...duty }) => duty)),
      questions: things.flatMap(({ stream, thing }) =>
        'questions' in thing
          ? thing.questions.map(({ question, closed }) => ({ stream, question, open: !closed }))
          : [],
      ),
    },
  }
}

// The neutral point of the curve, and other encodings of it (y = p + 1, the sign bit set).
const neutral = Uint8Array.fromHex(`01${'00'.repeat(31)}`)
const weakKeys = [`01${'00'.repeat(31)}`, `01${'00'.repeat(30)}80`, `ee${'ff'.repeat(30)}7f`, `ee${'ff'.repeat(31)}`]

/** Spellings of one statement that a lenient reader would take for it, with the code by which the gate refuses each. */
async function refusedVectors({ keys }: Cast, lines: readonly Line[]) {
  const line = lines.find(({ payload }) => payload.kind === 'request.submit')
  if (!line) throw new Error('the scene has lost its request')
  const [header = '', payload = '', signature = ''] = line.jws.split('.')
  const { kid } = readStatement(line.jws)
  const { key } = keys[line.by]
  const odd = await signOddly(bytesOf(line.by), fromBase64url(key.x), utf8(`${header}.${payload}`))
  const text = textOf(fromBase64url(payload))
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const stray = alphabet[alphabet.indexOf(signature.at(-1) ?? '') + 1]
  const withHeader = (changed: string) => `${toBase64url(utf8(changed))}.${payload}.${signature}`
  const withPayload = (changed: string) => `${header}.${toBase64url(utf8(changed))}.${signature}`
  const members = `"alg":"Ed25519","kid":"${kid}","typ":"tidings-statement+jws"`
  const spellings: readonly (readonly [why: string, code: string, jws: string])[] = [
    [
      'stray bits after the last byte of the signature',
      'encoding',
      `${header}.${payload}.${signature.slice(0, -1)}${stray}`,
    ],
    ['padding', 'encoding', `${line.jws}==`],
    ['a space inside', 'encoding', `${header}.${payload.slice(0, 4)} ${payload.slice(4)}.${signature}`],
    ['a line feed at the end', 'encoding', `${line.jws}\n`],
    ['the alphabet of plain base64', 'encoding', `${header}.${payload}.${'+'.repeat(86)}`],
    ['a fourth part', 'encoding', `${line.jws}.`],
    ['a signature of 63 bytes', 'encoding', `${header}.${payload}.${'A'.repeat(84)}`],
    ['a header member twice', 'header', withHeader(`{"alg":"Ed25519",${members}}`)],
    [
      'header members in another order',
      'header',
      withHeader(`{"kid":"${kid}","alg":"Ed25519","typ":"tidings-statement+jws"}`),
    ],
    ['a space in the header', 'header', withHeader(`{ ${members}}`)],
    ['a member more in the header', 'header', withHeader(`{${members},"jku":"https://key.example/"}`)],
    ['another type', 'header', withHeader(headerOf('Ed25519', kid).replace('tidings-statement+jws', 'JWT'))],
    ['no algorithm', 'header', withHeader(headerOf('Ed25519', kid).replace('Ed25519', 'none'))],
    ['a payload member twice', 'canonical-form', withPayload(text.replace('"v":1', '"v":1,"v":1'))],
    [
      'payload members in another order',
      'canonical-form',
      withPayload(`{"v":1,${text.slice(1).replace(',"v":1', '')}`),
    ],
    ['white space in the payload', 'canonical-form', withPayload(`${text}\n`)],
    ['another spelling of a number', 'canonical-form', withPayload(text.replace('"v":1', '"v":1.0'))],
    ['a byte order mark', 'canonical-form', withPayload(`\ufeff${text}`)],
    ['a lone surrogate', 'canonical-form', withPayload(text.replace('log.example', '\\ud800'))],
    ['an unknown member', 'schema', withPayload(text.replace(/^\{/, '{"a":1,'))],
    ['a missing member', 'schema', withPayload(text.replace(',"v":1', ''))],
    ['a member that is null', 'schema', withPayload(text.replace('"v":1', '"v":null'))],
    ['a kind that is none', 'schema', withPayload(text.replace('request.submit', 'request.forget'))],
    ['an instant that does not exist', 'schema', withPayload(text.replace('2031-01-01', '2031-02-30'))],
  ]
  return {
    about:
      'Texts that are no statements: other spellings of the JWS of `like`, and payloads of other forms. `code` is what is wrong. `weak`: statements that must not verify, though the equation of RFC 8032 holds: under a key of order 1, where one signature fits every message; and one whose R is of order 1.',
    like: line.jws,
    refused: spellings.map(([why, code, jws]) => ({ why, code: `statement/${code}`, jws })),
    weak: [
      ...weakKeys.map((hex) => {
        const jwk = { kty: 'OKP', crv: 'Ed25519', x: toBase64url(Uint8Array.fromHex(hex)) } as const
        const forged = toBase64url(Uint8Array.from([...neutral, ...new Uint8Array(32)]))
        return { jwk, jws: `${toBase64url(utf8(headerOf('Ed25519', thumbprint(jwk))))}.${payload}.${forged}` }
      }),
      { jwk: key, jws: `${header}.${payload}.${toBase64url(odd)}` },
    ],
  }
}
