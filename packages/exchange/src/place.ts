import { checkDocument, type Statement } from '@tidings/statement'
import type { Placed } from './define-rule.ts'

/**
 * A statement in its place, with what the fold needs of its public document: nothing, but for kinds that bring rules.
 *
 * @param document bytes of the public document beside it
 * @throws {StatementError} the document is missing, or is not the one that the statement binds
 */
export function inPlace(
  leaf: number,
  { id, kid, payload }: Pick<Statement, 'id' | 'kid' | 'payload'>,
  document?: Uint8Array,
): Placed {
  const placed = { leaf, id, kid, payload }
  if (payload.kind !== 'mechanism.propose-rules') return placed
  return { ...placed, document: checkDocument(payload, document) }
}
