import type { ContentOpeningView } from '@tidings/client'
import { openingsOf } from '@tidings/client/ledger'
import { checkContent, checkOpening, fromBase64url } from '@tidings/statement'
import type { Session } from './session.ts'

/** A content that a statement names, as views show it. */
export interface NamedContent {
  readonly commitment: string
  readonly subject: string
  readonly mediaType: string
  readonly bucket: number
}

/**
 * The value of a content: from the ledger of this home where it was stated here, else from the service, checked against its commitment either way.
 *
 * @param statement the statement that names it
 * @throws {StatementError} the service gave another content
 */
export async function contentOf(
  { ledger, connection }: Session,
  statement: string,
  named: NamedContent,
): Promise<unknown> {
  const own = ledger.entry(statement)
  const [kept] = own === undefined ? [] : openingsOf(own.submission)
  const opening = kept ?? opened(await connection.read.content(named.commitment))
  checkOpening(named, opening)
  return checkContent(named, opening.data)
}

function opened({ salt, data }: ContentOpeningView) {
  return { salt: fromBase64url(salt), data: fromBase64url(data) }
}
