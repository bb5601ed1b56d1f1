import type { Receipt, ReceiptWithKeys } from '@tidings/client/contract'
import { listed } from '@tidings/exchange'
import { type Kind, toBase64url } from '@tidings/statement'
import { formatTlogProof, type LogReader } from '@tidings/transparency'
import type { FoundStatement, Lookup } from './lookup.ts'

/** Kinds that say which keys a party has. */
const keyKinds: ReadonlySet<Kind> = new Set([
  'party.inception',
  'party.rotate-keys',
  'party.revoke-key',
  'party.delegate',
  'party.end-delegation',
])

/**
 * The receipt of a statement under the latest checkpoint, with its document and the receipts of its author's key statements before it: what it
 * takes to verify it offline.
 */
export async function receiptView(lookup: Lookup, log: LogReader, found: FoundStatement): Promise<ReceiptWithKeys> {
  const keys = await keyStatements(lookup, found)
  const checkpoint = await log.latest()
  const all = [found, ...keys]
  const proofs = await log.inclusionProofs(
    all.map(({ leaf }) => leaf),
    checkpoint.size,
  )
  const [receipt, ...keyReceipts] = all.map(
    ({ leaf, statement }, i): Receipt => ({
      id: statement.id,
      leaf,
      statement: statement.jws,
      proof: formatTlogProof({ index: leaf, hashes: proofs[i] ?? [], checkpoint: checkpoint.text }),
    }),
  )
  if (!receipt) throw new TypeError('internal error: there is no receipt')
  return { ...receipt, ...(found.document && { document: toBase64url(found.document) }), keys: keyReceipts }
}

async function keyStatements(lookup: Lookup, { statement, leaf }: FoundStatement): Promise<FoundStatement[]> {
  const recorded = lookup.stream(`party-${statement.payload.iss}`)?.state.recorded
  const leaves = listed(recorded).flatMap(({ leaf: at }) => (at < leaf ? at : []))
  const own = await Promise.all(leaves.map((at) => lookup.statementAt(at)))
  return own.filter(
    ({ statement: said, verdict }) => keyKinds.has(said.payload.kind) && verdict.verdict === 'effective',
  )
}
