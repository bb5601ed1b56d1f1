import type { KeyObject } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { FileError } from '@tidings/sqlite-file'
import { hashToBytes, streamToBytes, uuidFromBytes } from '../identifiers.ts'
import { unseal, unwrapKey, type VaultKeys } from '../key-hierarchy.ts'
import type { Origin, StoredContent } from '../vault.ts'

const SALT_BYTES = 32

/** A statement whose contents are pending, and the stream in which it would be recorded. */
export interface Pending {
  readonly statement: Buffer
  readonly stream: string
}

/** What can be read. */
export interface ContentReader {
  read(origin: Origin, commitment: string): StoredContent | undefined
  /** Pending statements held before a time, with their streams, in the order of their bytes, after one of them. */
  pendingBefore(heldBefore: Date, after: Uint8Array, limit: number): readonly Pending[]
  count(): { readonly pending: number; readonly live: number }
}

/** Prepares what can be read under a vault's keys; damage is a {@link FileError}. */
export function contentReader(db: DatabaseSync, keys: VaultKeys, file: string): ContentReader {
  const selectContent =
    db.prepare(`SELECT c.media_type, c.wrapped_key, c.sealed, s.subject, s.wrapped_key AS subject_key
    FROM contents c LEFT JOIN subjects s ON s.number = c.subject
    WHERE c.stream = ? AND c.statement_start = ? AND c.statement = ? AND c.commitment = ?`)
  const selectPending = db.prepare('SELECT 1 FROM pending WHERE statement = ?')
  const selectPendingPage = db.prepare(
    'SELECT statement, stream FROM pending WHERE held_at < ? AND statement > ? ORDER BY statement LIMIT ?',
  )
  const selectCount = db.prepare(`SELECT (SELECT coalesce(sum(contents), 0) FROM pending) AS pending,
    (SELECT live FROM vault) AS live`)

  return {
    read({ statement: id, stream }, commitment) {
      const statement = hashToBytes(id)
      const row = selectContent.get(streamToBytes(stream), startOf(statement), statement, hashToBytes(commitment))
      if (!row || selectPending.get(statement)) return undefined
      if (!row.subject) throw damaged(file, 'the key of a subject is missing')
      const binding = {
        statement: id,
        commitment,
        subject: uuidFromBytes(row.subject as Uint8Array),
        mediaType: String(row.media_type),
      }
      const key = unwrapOrDamaged(file, keys.wrapping, row.subject_key, 'the key of a subject was altered')
      const dataKey = unwrapOrDamaged(file, key, row.wrapped_key, 'the key of a content was altered')
      try {
        const plaintext = unseal(dataKey, binding, row.sealed as Uint8Array)
        return { ...binding, salt: plaintext.subarray(0, SALT_BYTES), data: plaintext.subarray(SALT_BYTES) }
      } catch (cause) {
        throw damaged(file, 'a content was altered', cause)
      }
    },
    pendingBefore(heldBefore, after, limit) {
      const rows = selectPendingPage.all(heldBefore.getTime(), after, limit)
      return rows.map((row) => ({ statement: Buffer.from(row.statement as Uint8Array), stream: String(row.stream) }))
    },
    count() {
      const row = selectCount.get()
      return { pending: Number(row?.pending), live: Number(row?.live) }
    },
  }
}

/** What stands in the file is not what was held there. */
function damaged(file: string, what: string, cause?: unknown): FileError {
  return new FileError('damaged', `${file} is damaged (${what}): restore it from a backup`, { cause })
}

/** A key that stands wrapped in the file. @throws {FileError} `damaged` */
export function unwrapOrDamaged(file: string, wrapping: KeyObject, wrapped: unknown, what: string): KeyObject {
  try {
    return unwrapKey(wrapping, wrapped as Uint8Array)
  } catch (cause) {
    throw damaged(file, what, cause)
  }
}

/** The first 8 bytes of a statement id, as the index holds them. */
export function startOf(statement: Buffer): bigint {
  return statement.readBigInt64BE(0)
}
