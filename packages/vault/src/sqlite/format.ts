import type { FileFormat } from '@tidings/sqlite-file'

/**
 * The tables of the vault. What a person or place is called stands in `contents.sealed` and nowhere else.
 *
 * Statement ids are hashes: an index on them would grow everywhere at once. Contents are found by the stream of their statement, whose name ends in a
 * UUIDv7, so that the index grows at one end; in it by the first 8 bytes of the statement's id, too many bits to search for statements that share them.
 * Which contents are pending is told by a small table of their statements: publishing a statement takes one row out of it and touches no content.
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
    stream BLOB NOT NULL CHECK (length(stream) = 16),
    statement_start INTEGER NOT NULL,
    statement BLOB NOT NULL CHECK (length(statement) = 32),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    subject INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    wrapped_key BLOB NOT NULL CHECK (length(wrapped_key) = 40),
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX contents_of_stream ON contents (stream, statement_start);

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
  version: 2,
  oldest: 2,
  schema,
}

/** Each commit reaches the disk, except where a job needs no flush; what is deleted is overwritten; the write-ahead log is folded in every 16 MB. */
export const vaultSettings = `
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
  PRAGMA cache_size = -65536;
  PRAGMA wal_autocheckpoint = 2048`
