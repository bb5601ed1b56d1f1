import type { Unsigned } from '@tidings/client'
import type { Ledger, LedgerEntry } from '@tidings/client/ledger'
import { toBase64url } from '@tidings/statement'

/** What an earlier run has made of a row. */
export interface EarlierRow {
  /** The case file or burial place that it became. */
  readonly thing: string
  /** The statement that says now what is known of it. */
  readonly statement: string
  /** Whether that statement says something else than the row does now. */
  readonly differs: boolean
  /** Whether the first statement has its receipt: without one it is sent again as it was signed. */
  readonly isRecorded: boolean
}

/**
 * Finds what earlier runs have made of rows, and whether the rows say the same still.
 *
 * The contents that the ledger keeps anyway are compared: no digest of a row is needed beside them, and a corrected mapping is noticed like a corrected cell.
 *
 * @param batch of the import
 */
export function earlierRows(
  ledger: Ledger,
  batch: string,
): (key: string, now: Pick<Unsigned, 'contents'>) => EarlierRow | undefined {
  const kept = ledger.batch(batch)
  return (key, now) => {
    const first = kept.find([key]).get(key)
    if (!first) return undefined
    const standing = standingOf(ledger, first)
    const before = standing.submission.contents?.[0]?.data
    const data = now.contents?.[0]?.data
    return {
      thing: first.about,
      statement: standing.id,
      differs: before !== undefined && data !== undefined && before !== toBase64url(data),
      isRecorded: first.leaf !== undefined,
    }
  }
}

/** The latest of what was recorded about the same thing; the first one while nothing is. */
function standingOf(ledger: Ledger, first: LedgerEntry): LedgerEntry {
  const isLater = (one: LedgerEntry, other: LedgerEntry) => (one.leaf ?? -1) > (other.leaf ?? -1)
  return ledger
    .about(first.about)
    .filter(({ kind, leaf }) => kind === first.kind && leaf !== undefined)
    .reduce((latest, one) => (isLater(one, latest) ? one : latest), first)
}
