import type { FileFormat } from '@tidings/sqlite-file'

/**
 * The tables of the vault. What a person or place is called stands in `contents.sealed` and nowhere else.
 *
 * Statement ids are hashes: an index on them grows everywhere at once. This one holds the first 8 bytes only, so that it stays a tenth of what
 * the full ids would take; too many bits to search for statements that share them. Which contents are pending is told by a small
 * table of their statements: publishing a statement takes one row out of it and touches no content.
 *
 * `subjects` holds the one way to the contents of a subject: a row deleted there has erased them. Contents therefore do not refer to it by a
 * foreign key.
 */
const schema = `
  CREATE TABLE vault (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id BLOB NOT NULL CHECK (length(id) = 16),
    key_check BLOB NOT NULL CHECK (length(key_check) = 32),
    live INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE subjects (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    subject BLOB NOT NULL UNIQUE CHECK (length(subject) = 16),
    wrapped_key BLOB NOT NULL CHECK (length(wrapped_key) = 40)
  ) STRICT;

  CREATE TABLE contents (
    number INTEGER PRIMARY KEY,
    statement_start INTEGER NOT NULL,
    statement BLOB NOT NULL CHECK (length(statement) = 32),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    subject INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    wrapped_key BLOB NOT NULL CHECK (length(wrapped_key) = 40),
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX contents_of_statement ON contents (statement_start);

  CREATE TABLE pending (
    statement BLOB PRIMARY KEY,
    stream TEXT NOT NULL,
    held_at INTEGER NOT NULL,
    contents INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`

/** The vault's file. */
export const vaultFormat: FileFormat = {
  name: 'a vault',
  applicationId: 0x54_64_56_74, // "TdVt"
  version: 1,
  schema,
}

/** Each commit reaches the disk, except where a job needs no flush; what is deleted is overwritten; the write-ahead log is folded in every 32 MB. */
export const vaultSettings = `
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
  PRAGMA cache_size = -65536;
  PRAGMA wal_autocheckpoint = 4096`
