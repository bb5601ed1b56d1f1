import type { FileFormat } from '@tidings/sqlite-file'

/**
 * The tables of the record.
 *
 * Every index grows at one end: positions and stream numbers count up, and stream names end in a UUIDv7. There is none on event ids, which are
 * hashes: at ten million events its random pages would cost more than everything else. Whether an append is a repeat is judged in its stream.
 *
 * `checksum` covers all that an event is, its place included (see `recorded-row.ts`).
 */
const schema = `
  CREATE TABLE categories (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    category INTEGER NOT NULL REFERENCES categories (id)
  ) STRICT;

  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (id),
    revision INTEGER NOT NULL,
    category INTEGER NOT NULL REFERENCES categories (id),
    checksum INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    type TEXT NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (stream, revision)
  ) STRICT;

  -- An index entry ends in the position: the events of a category are read in order without touching any other.
  CREATE INDEX events_of_category ON events (category);

  ${['categories', 'streams', 'events'].map(neverChanged).join('\n')}
`

function neverChanged(table: string): string {
  return `
  CREATE TRIGGER ${table}_never_updated BEFORE UPDATE ON ${table} BEGIN SELECT raise(ABORT, 'the record never changes'); END;
  CREATE TRIGGER ${table}_never_deleted BEFORE DELETE ON ${table} BEGIN SELECT raise(ABORT, 'the record never forgets'); END;`
}

/** The record's file. */
export const recordFormat: FileFormat = {
  name: 'a record',
  applicationId: 0x54_64_52_63, // "TdRc"
  version: 1,
  schema,
}

/**
 * Each commit reaches the disk; 64 MB of pages are kept. The write-ahead log is folded in every 16 MB: whoever waits for a commit behind that waits for the
 * disk to take so much.
 */
export const writerSettings = `
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -65536;
  PRAGMA wal_autocheckpoint = 2048`

/** A reader that follows the record needs few pages of its own. */
export const readerSettings = 'PRAGMA cache_size = -16384'
