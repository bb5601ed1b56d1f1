import { leafEntry, readStatement, type Statement, StatementError } from '@tidings/statement'
import {
  type Checkpoint,
  leafHash,
  parseTlogProof,
  TransparencyError,
  verifyCheckpoint,
  verifyInclusion,
} from '@tidings/transparency'
import type { Receipt } from './contract/index.ts'
import { ClientError } from './errors.ts'

/** A receipt that was verified, and the checkpoint under which. */
export interface CheckedReceipt {
  readonly receipt: Receipt
  readonly checkpoint: Checkpoint
}

// Receipts of one batch share a checkpoint; only the last few are met again.
const remembered = 32

/**
 * Makes a check of receipts under the pinned key: the statement is the one that was sent, and its inclusion proof leads to a root that the log signed.
 * Each checkpoint is verified once.
 */
export function receiptChecker(
  vkey: string,
): (receipt: Receipt, sent: Pick<Statement, 'id' | 'jws'>) => Promise<CheckedReceipt> {
  const verified = new Map<string, Promise<Checkpoint>>()
  const verify = (text: string) => {
    const known = verified.get(text)
    if (known) return known
    const checkpoint = verifyCheckpoint(text, vkey)
    verified.set(text, checkpoint)
    for (const oldest of verified.keys()) {
      if (verified.size <= remembered) break
      verified.delete(oldest)
    }
    return checkpoint
  }
  return async (receipt, sent) => {
    if (receipt.id !== sent.id || (receipt.statement !== sent.jws && !isSame(receipt.statement, sent.id))) {
      throw invalid('it is for another statement')
    }
    try {
      const { index, hashes, checkpoint: text } = parseTlogProof(receipt.proof)
      if (index !== receipt.leaf) throw invalid('its leaf is not that of its proof')
      const checkpoint = await verify(text)
      // What is included is the statement as recorded. A repeat under another signature of the same key is the same statement.
      verifyInclusion({
        leaf: leafHash(leafEntry(receipt.statement)),
        index,
        size: checkpoint.size,
        root: checkpoint.root,
        proof: hashes,
      })
      return { receipt, checkpoint }
    } catch (cause) {
      if (cause instanceof TransparencyError) throw invalid(cause.message, cause)
      throw cause
    }
  }
}

function isSame(jws: string, id: string): boolean {
  try {
    return readStatement(jws).id === id
  } catch (error) {
    if (error instanceof StatementError) return false
    throw error
  }
}

function invalid(why: string, cause?: unknown): ClientError {
  return new ClientError(
    'client/receipt-invalid',
    `the receipt of the service does not hold: ${why}. Keep it and do not rely on it; the statement may be sent again`,
    { cause },
  )
}
