import { parse, stringify } from 'uuid'
import { concatBytes } from '../encoding.ts'
import { StatementError } from '../errors.ts'
import { thingId } from '../identifiers.ts'

/** Media type of the ids of a list: 16 bytes each, ascending, none twice. */
export const caseIds = { mediaType: 'application/vnd.tidings.case-ids' } as const

function byBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < 16; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function thingIdOf(bytes: Uint8Array, field: string): string {
  try {
    return thingId.parse(stringify(bytes))
  } catch {
    throw new StatementError('statement/content', field, 'must hold UUIDv7 only')
  }
}

/** The content of a list: its case ids as 16 bytes each, ascending. */
export function encodeCaseIds(ids: readonly string[]): Uint8Array<ArrayBuffer> {
  return concatBytes(...ids.map((id) => parse(id)).sort(byBytes))
}

/**
 * The case ids of a list's content.
 *
 * @throws {StatementError} `statement/content` if they are not whole UUIDv7, ascending and distinct
 */
export function decodeCaseIds(bytes: Uint8Array, field = 'content'): string[] {
  if (bytes.length % 16 !== 0) throw new StatementError('statement/content', field, 'must be 16 bytes for each case id')
  const ids: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    if (at > 0 && byBytes(bytes.subarray(at - 16, at), bytes.subarray(at, at + 16)) >= 0) {
      throw new StatementError('statement/content', field, 'must hold case ids in ascending order, none twice')
    }
    ids.push(thingIdOf(bytes.subarray(at, at + 16), field))
  }
  return ids
}
