import type { KeyObject } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { VaultError } from '../errors.ts'
import { uuidFromBytes, uuidToBytes } from '../identifiers.ts'
import { rewrapKey, unseal, unwrapKey, type VaultKeys } from '../key-hierarchy.ts'
import type { SealedContent, StoredContent } from '../vault.ts'

const SALT_BYTES = 32

/** A statement whose contents are pending, and the stream in which it would be recorded. */
export interface Pending {
  readonly statement: Buffer
  readonly stream: string
}

/**
 * What can be done with the tables. Each runs synchronously; those that write run inside a transaction of the caller. Statements and commitments
 * are the 32 bytes that they stand for.
 */
export interface ContentTables {
  hold(statement: Buffer, stream: string, contents: readonly SealedContent[], at: Date): void
  publish(statement: Buffer): void
  read(statement: Buffer, commitment: Buffer): StoredContent | undefined
  /** Pending statements held before a time, with their streams, in the order of their bytes, after one of them. */
  pendingBefore(heldBefore: Date, after: Uint8Array, limit: number): readonly Pending[]
  isPendingSince(statement: Buffer, heldBefore: Date): boolean
  /** Deletes the contents of a pending statement. */
  deletePending(statement: Buffer): void
  count(): { readonly pending: number; readonly live: number }
}

/** Prepares what can be done with the tables under a vault's keys. */
export function contentTables(db: DatabaseSync, keys: VaultKeys, file: string): ContentTables {
  const selectSubject = db.prepare('SELECT number, wrapped_key FROM subjects WHERE subject = ?')
  const insertSubject = db.prepare('INSERT INTO subjects (subject, wrapped_key) VALUES (?, ?)')
  const selectContent =
    db.prepare(`SELECT c.media_type, c.wrapped_key, c.sealed, s.subject, s.wrapped_key AS subject_key
    FROM contents c LEFT JOIN subjects s ON s.number = c.subject
    WHERE c.statement_start = ? AND c.statement = ? AND c.commitment = ?`)
  const insertContent = db.prepare(`INSERT INTO contents
    (statement_start, statement, commitment, subject, media_type, wrapped_key, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const selectHeld = db.prepare('SELECT commitment FROM contents WHERE statement_start = ? AND statement = ?')
  const deleteContents = db.prepare('DELETE FROM contents WHERE statement_start = ? AND statement = ?')
  const selectPending = db.prepare('SELECT contents, held_at FROM pending WHERE statement = ?')
  const selectPendingPage = db.prepare(
    'SELECT statement, stream FROM pending WHERE held_at < ? AND statement > ? ORDER BY statement LIMIT ?',
  )
  const upsertPending = db.prepare(`INSERT INTO pending (statement, stream, held_at, contents) VALUES (?, ?, ?, ?)
    ON CONFLICT (statement) DO UPDATE SET held_at = excluded.held_at, contents = contents + excluded.contents`)
  const deletePending = db.prepare('DELETE FROM pending WHERE statement = ?')
  const addLive = db.prepare('UPDATE vault SET live = live + ?')
  const selectCount = db.prepare(`SELECT (SELECT coalesce(sum(contents), 0) FROM pending) AS pending,
    (SELECT live FROM vault) AS live`)

  function damaged(what: string, cause?: unknown): VaultError {
    return new VaultError('vault/damaged', `${file} is damaged (${what}): restore it from a backup`, { cause })
  }

  /** The subject's number, and the content's key wrapped by the subject's: as it was proposed, unless the subject has another key already. */
  function underSubject({ subject, subjectKey, wrappedKey }: SealedContent): { number: number; wrapped: Uint8Array } {
    const bytes = uuidToBytes(subject)
    const row = selectSubject.get(bytes)
    if (!row) return { number: Number(insertSubject.run(bytes, subjectKey).lastInsertRowid), wrapped: wrappedKey }
    const key = unwrap(keys.wrapping, row.wrapped_key, 'the key of a subject was altered')
    const proposed = unwrapKey(keys.wrapping, subjectKey)
    return { number: Number(row.number), wrapped: rewrapKey(proposed, key, wrappedKey) }
  }

  function unwrap(wrapping: KeyObject, wrapped: unknown, what: string): KeyObject {
    try {
      return unwrapKey(wrapping, wrapped as Uint8Array)
    } catch (cause) {
      throw damaged(what, cause)
    }
  }

  return {
    hold(statement, stream, contents, at) {
      const start = startOf(statement)
      const held = new Set(
        selectHeld.all(start, statement).map((row) => Buffer.from(row.commitment as Uint8Array).toString('base64url')),
      )
      const isLive = held.size > 0 && !selectPending.get(statement)
      let added = 0
      for (const content of contents) {
        const { commitment, mediaType, sealed } = content
        if (held.has(commitment)) continue
        held.add(commitment)
        const { number, wrapped } = underSubject(content)
        insertContent.run(start, statement, Buffer.from(commitment, 'base64url'), number, mediaType, wrapped, sealed)
        added++
      }
      if (isLive) addLive.run(added)
      else if (contents.length > 0) upsertPending.run(statement, stream, at.getTime(), added)
    },
    publish(statement) {
      const row = selectPending.get(statement)
      if (!row) return
      deletePending.run(statement)
      addLive.run(Number(row.contents))
    },
    read(statement, commitment) {
      const row = selectContent.get(startOf(statement), statement, commitment)
      if (!row || selectPending.get(statement)) return undefined
      if (!row.subject) throw damaged('the key of a subject is missing')
      const binding = {
        statement: statement.toString('base64url'),
        commitment: commitment.toString('base64url'),
        subject: uuidFromBytes(row.subject as Uint8Array),
        mediaType: String(row.media_type),
      }
      const key = unwrap(keys.wrapping, row.subject_key, 'the key of a subject was altered')
      const dataKey = unwrap(key, row.wrapped_key, 'the key of a content was altered')
      try {
        const plaintext = unseal(dataKey, binding, row.sealed as Uint8Array)
        return { ...binding, salt: plaintext.subarray(0, SALT_BYTES), data: plaintext.subarray(SALT_BYTES) }
      } catch (cause) {
        throw damaged('a content was altered', cause)
      }
    },
    pendingBefore(heldBefore, after, limit) {
      const rows = selectPendingPage.all(heldBefore.getTime(), after, limit)
      return rows.map((row) => ({ statement: Buffer.from(row.statement as Uint8Array), stream: String(row.stream) }))
    },
    isPendingSince(statement, heldBefore) {
      const row = selectPending.get(statement)
      return row !== undefined && Number(row.held_at) < heldBefore.getTime()
    },
    deletePending(statement) {
      deletePending.run(statement)
      deleteContents.run(startOf(statement), statement)
    },
    count() {
      const row = selectCount.get()
      return { pending: Number(row?.pending), live: Number(row?.live) }
    },
  }
}

/** The first 8 bytes of a statement id, as the index holds them. */
function startOf(statement: Buffer): bigint {
  return statement.readBigInt64BE(0)
}
