import { emptyStream, type PartyKey, type PartyThing, type Standing, type StreamState, step } from '@tidings/exchange'
import {
  importSignatureKey,
  isOfKind,
  type PublicKey,
  prefixOf,
  type SignatureKey,
  type Statement,
  StatementError,
  thumbprint,
  verifyStatement,
} from '@tidings/statement'
import { EvidenceError } from './errors.ts'
import { isIncluded, type Opened, partOf, refuse } from './recorded.ts'

/** Parties as their key statements make them, one statement after the other in the order of the log. */
export interface Parties {
  party(id: string): PartyThing | undefined
  /**
   * Checks a statement of a party's own stream and lets it take effect.
   *
   * @throws {EvidenceError}
   */
  add(opened: Opened): Promise<void>
  /**
   * Checks the signature of a statement under the key that its header names, which the key statements must have shown before its leaf. Whether the key
   * still counted there is another question.
   *
   * @throws {EvidenceError} `evidence/key-not-shown`, `evidence/signature`
   */
  check(opened: Opened): Promise<PartyKey>
}

/** No parties yet. */
export function noParties(): Parties {
  const streams = new Map<string, StreamState<'party'>>()
  const imported = new Map<string, Promise<CryptoKey>>()
  const party = (id: string) => streams.get(id)?.thing
  const standing: Standing = { party, mechanism: () => undefined }

  async function check(opened: Opened): Promise<PartyKey> {
    const { statement, proof } = opened
    const part = partOf(opened.at, 'statement')
    const key = keyOf(statement, proof.index)
    if (!key) {
      throw new EvidenceError(
        'evidence/key-not-shown',
        part,
        'must be signed by a key that the key statements handed in show before its leaf',
      )
    }
    let cryptoKey = imported.get(key.kid)
    if (!cryptoKey) {
      cryptoKey = importSignatureKey(key.jwk as SignatureKey)
      imported.set(key.kid, cryptoKey)
    }
    await cryptoKey
      .then((k) => verifyStatement(statement, k))
      .catch((error) => refuse('evidence/signature', part, error))
    return key
  }

  function keyOf(statement: Statement, leaf: number): PartyKey | undefined {
    const { kid, payload } = statement
    if (isOfKind(statement, 'party.inception')) {
      // A party begins with its inception: the keys stand in the body, and the party's id is the body's hash, as the gate has checked.
      const own = statement.payload.body.keys.find(({ jwk }) => thumbprint(jwk) === kid)
      return own?.role === 'sign' ? { kid, jwk: own.jwk, role: own.role, since: leaf } : undefined
    }
    const key = party(payload.iss)?.keys.find((known) => known.kid === kid && known.since < leaf)
    return key && key.role !== 'seal' ? key : undefined
  }

  return {
    party,
    check,
    async add(opened) {
      const { statement, proof, at } = opened
      const { payload, id, kid } = statement
      if (prefixOf(payload) !== 'party') {
        throw new EvidenceError('evidence/statement', partOf(at, 'statement'), "must be of a party's own stream")
      }
      await check(opened)
      const before = streams.get(payload.about) ?? emptyStream<'party'>(`party-${payload.about}`)
      streams.set(payload.about, step(standing, before, { leaf: proof.index, id, kid, payload }).state)
    },
  }
}

/**
 * Checks that every statement stands in the log where its proof says. Where one does not, either of its two files was altered: the statement, if its
 * signature does not hold either; else the proof.
 *
 * @throws {EvidenceError} `evidence/signature` or `evidence/inclusion`
 */
export async function checkInclusions(items: readonly Opened[]): Promise<void> {
  const keys = items.flatMap(({ statement }) => keysIn(statement))
  for (const item of items) {
    if (isIncluded(item)) continue
    if (!(await isSignedByAny(item.statement, keys))) {
      throw new EvidenceError(
        'evidence/signature',
        partOf(item.at, 'statement'),
        'must be the statement that was signed and recorded: neither its signature nor its proof holds',
      )
    }
    throw new EvidenceError(
      'evidence/inclusion',
      partOf(item.at, 'proof'),
      'must lead from this statement to the root that the log signed',
    )
  }
}

/** The keys that a statement brings, if it is a key statement. Whether they count is for the fold. */
function keysIn(statement: Statement): readonly PublicKey[] {
  if (isOfKind(statement, 'party.inception')) return statement.payload.body.keys.map(({ jwk }) => jwk)
  if (isOfKind(statement, 'party.rotate-keys')) return statement.payload.body.add?.map(({ jwk }) => jwk) ?? []
  return isOfKind(statement, 'party.delegate') ? [statement.payload.body.jwk] : []
}

async function isSignedByAny(statement: Statement, keys: readonly PublicKey[]): Promise<boolean> {
  for (const key of keys) {
    if (key.crv === 'X25519' || thumbprint(key) !== statement.kid) continue
    try {
      await verifyStatement(statement, await importSignatureKey(key))
      return true
    } catch (error) {
      if (!(error instanceof StatementError)) throw error
    }
  }
  return false
}
