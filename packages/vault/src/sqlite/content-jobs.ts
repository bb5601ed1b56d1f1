import type { DatabaseSync } from 'node:sqlite'
import { streamToBytes, uuidToBytes } from '../identifiers.ts'
import { rewrapKey, unwrapKey, type VaultKeys } from '../key-hierarchy.ts'
import type { SealedContent } from '../vault.ts'
import { startOf, unwrapOrDamaged } from './content-reader.ts'

/** A sealed content whose bytes travel beside it: encrypted content, its key, its subject's. */
type BareContent = Pick<SealedContent, 'commitment' | 'subject' | 'mediaType'>

/** What is done to the tables of a vault. Statements are named by the base64url of their 32 bytes, times are in milliseconds. */
export type ContentJobs = {
  /** Keeps contents as pending. Three parts for each: encrypted content, its key, its subject's key. */
  readonly hold: (
    args: {
      readonly statement: string
      readonly stream: string
      readonly contents: readonly BareContent[]
      readonly at: number
    },
    parts: readonly Uint8Array[],
  ) => void
  /** Makes the contents of statements live. */
  readonly publish: (args: { readonly statements: readonly string[] }) => void
  /** Makes contents live if their statement is recorded, else deletes them, unless they were published or held again since. */
  readonly settle: (args: {
    readonly statement: string
    readonly stream: string
    readonly heldBefore: number
    readonly recorded: boolean
  }) => 'published' | 'deleted' | undefined
}

/** Prepares what is done through the one connection that writes. */
export function contentJobs(db: DatabaseSync, keys: VaultKeys, file: string): ContentJobs {
  const selectSubject = db.prepare('SELECT number, wrapped_key FROM subjects WHERE subject = ?')
  const insertSubject = db.prepare('INSERT INTO subjects (subject, wrapped_key) VALUES (?, ?)')
  const insertContent = db.prepare(`INSERT INTO contents
    (stream, statement_start, statement, commitment, subject, media_type, wrapped_key, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const selectHeld = db.prepare(
    'SELECT commitment FROM contents WHERE stream = ? AND statement_start = ? AND statement = ?',
  )
  const deleteContents = db.prepare('DELETE FROM contents WHERE stream = ? AND statement_start = ? AND statement = ?')
  const selectPending = db.prepare('SELECT contents, held_at FROM pending WHERE statement = ?')
  const upsertPending = db.prepare(`INSERT INTO pending (statement, stream, held_at, contents) VALUES (?, ?, ?, ?)
    ON CONFLICT (statement) DO UPDATE SET held_at = excluded.held_at, contents = contents + excluded.contents`)
  const deletePending = db.prepare('DELETE FROM pending WHERE statement = ? RETURNING contents')
  const addLive = db.prepare('UPDATE vault SET live = live + ?')

  /** The subject's number, and the content's key wrapped by the subject's: as it was proposed, unless the subject has another key already. */
  function underSubject({
    subject,
    subjectKey,
    wrappedKey,
  }: Pick<SealedContent, 'subject' | 'subjectKey' | 'wrappedKey'>) {
    const bytes = uuidToBytes(subject)
    const row = selectSubject.get(bytes)
    if (!row) return { number: insertSubject.run(bytes, subjectKey).lastInsertRowid, wrapped: wrappedKey }
    const key = unwrapOrDamaged(file, keys.wrapping, row.wrapped_key, 'the key of a subject was altered')
    const proposed = unwrapKey(keys.wrapping, subjectKey)
    return { number: Number(row.number), wrapped: rewrapKey(proposed, key, wrappedKey) }
  }

  return {
    hold({ statement: id, stream, contents, at }, parts) {
      const statement = Buffer.from(id, 'base64url')
      const place = [streamToBytes(stream), startOf(statement), statement] as const
      const held = new Set(
        selectHeld.all(...place).map((row) => Buffer.from(row.commitment as Uint8Array).toString('base64url')),
      )
      const isLive = held.size > 0 && !selectPending.get(statement)
      let added = 0
      for (const [n, { commitment, subject, mediaType }] of contents.entries()) {
        if (held.has(commitment)) continue
        held.add(commitment)
        const [sealed, wrappedKey, subjectKey] = parts.slice(3 * n) as [Uint8Array, Uint8Array, Uint8Array]
        const { number, wrapped } = underSubject({ subject, wrappedKey, subjectKey })
        insertContent.run(...place, Buffer.from(commitment, 'base64url'), number, mediaType, wrapped, sealed)
        added++
      }
      if (isLive) addLive.run(added)
      else if (contents.length > 0) upsertPending.run(statement, stream, at, added)
    },
    publish({ statements }) {
      let contents = 0
      for (const id of statements) {
        const row = deletePending.get(Buffer.from(id, 'base64url'))
        contents += Number(row?.contents ?? 0)
      }
      if (contents > 0) addLive.run(contents)
    },
    settle({ statement: id, stream, heldBefore, recorded }) {
      const statement = Buffer.from(id, 'base64url')
      const row = selectPending.get(statement)
      // The statement may have been published, or held again, while its record was looked up.
      if (!row || Number(row.held_at) >= heldBefore) return undefined
      deletePending.get(statement)
      if (recorded) {
        addLive.run(Number(row.contents))
        return 'published'
      }
      deleteContents.run(streamToBytes(stream), startOf(statement), statement)
      return 'deleted'
    },
  }
}
