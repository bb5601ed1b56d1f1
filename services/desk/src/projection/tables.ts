/** Raised whenever the tables, or what fills them, change: an older file is then made anew. */
export const VIEWS_VERSION = 10

/**
 * The desk's tables: disposable, made from the record and the kept checkpoints alone, holding no content.
 *
 * What a view shows stands in the snapshot of its stream; the other tables are ways to find it. Everything that grows with the record is keyed
 * by leaf or by a number in order of appearance, so that it grows at one end; the exception, hashes, grows in segments (see \`hash-index.ts\`).
 */
export const tables = `
  -- The verdict on each leaf whose statement is not effective by itself: it is held, or void, or effective since the leaf of its release.
  CREATE TABLE verdicts (
    leaf INTEGER PRIMARY KEY,
    verdict TEXT NOT NULL,
    since INTEGER,
    reason TEXT,
    decided_by INTEGER,
    question TEXT
  ) STRICT;

  -- First 48 bits of the hashes by which statements are found, their identities and the commitments that they name, for each segment of the log.
  -- Those of the last few thousand leaves stand apart.
  CREATE TABLE hashes (
    segment INTEGER NOT NULL,
    prefix INTEGER NOT NULL,
    leaf INTEGER NOT NULL,
    PRIMARY KEY (segment, prefix, leaf)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE fresh_hashes (
    prefix INTEGER NOT NULL,
    leaf INTEGER NOT NULL,
    PRIMARY KEY (prefix, leaf)
  ) STRICT, WITHOUT ROWID;

  -- What the fold knows of each stream, and what its views show beside it, as JSON.
  CREATE TABLE streams (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, snapshot TEXT NOT NULL) STRICT;

  -- Open duties in groups of everything that they can be asked for by: few groups, each with its count, each paged in order of opening.
  CREATE TABLE duty_groups (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    towards TEXT NOT NULL,
    mechanism TEXT NOT NULL,
    kind TEXT NOT NULL,
    question TEXT NOT NULL,
    open INTEGER NOT NULL,
    UNIQUE (owner, towards, mechanism, kind, question)
  ) STRICT;
  CREATE INDEX duty_groups_towards ON duty_groups (towards);
  CREATE TABLE open_duties (
    duty_group INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    number INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    reminder_group INTEGER,
    PRIMARY KEY (duty_group, opened_at, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX open_duties_reminders ON open_duties (reminder_group) WHERE reminder_group IS NOT NULL;

  -- Duties of which reminders become due, those of a duty group that have the same reminders whatever follows: as many groups as there are days on
  -- which they were opened and reminded of, few duties or many on each. None is due before not_before, a day numbered from 1970-01-01; one duty of each, as
  -- JSON, is asked for all. A group that is empty stays: cursors hold its number.
  CREATE TABLE reminder_groups (
    id INTEGER PRIMARY KEY,
    duty_group INTEGER NOT NULL,
    alike TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    duty TEXT NOT NULL,
    open INTEGER NOT NULL,
    UNIQUE (duty_group, alike)
  ) STRICT;
  CREATE INDEX reminder_groups_due ON reminder_groups (duty_group, not_before, id) WHERE open > 0;

  -- Duties that were discharged, latest last: a calendar tells for a while that their dates hold no more.
  CREATE TABLE discharged_duties (
    duty_group INTEGER NOT NULL,
    discharged_at INTEGER NOT NULL,
    number INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    PRIMARY KEY (duty_group, discharged_at, number)
  ) STRICT, WITHOUT ROWID;

  -- How many questions are open, by who asked whom.
  CREATE TABLE open_questions (
    asker TEXT NOT NULL,
    addressee TEXT NOT NULL,
    mechanism TEXT NOT NULL,
    question TEXT NOT NULL,
    open INTEGER NOT NULL,
    PRIMARY KEY (asker, addressee, mechanism, question)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX open_questions_addressee ON open_questions (addressee);

  -- Lists of things, one shelf for each reader, side and mechanism; a mechanism's mediators share the shelf without a reader.
  CREATE TABLE shelves (
    id INTEGER PRIMARY KEY,
    reader TEXT NOT NULL,
    prefix TEXT NOT NULL,
    side TEXT NOT NULL,
    mechanism TEXT NOT NULL,
    UNIQUE (reader, prefix, side, mechanism)
  ) STRICT;
  CREATE TABLE shelved (
    shelf INTEGER NOT NULL,
    open INTEGER NOT NULL,
    leaf INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    PRIMARY KEY (shelf, open, leaf)
  ) STRICT, WITHOUT ROWID;

  -- Requests and disclosures by what they are about, and requests by their reference.
  CREATE TABLE matters (matter TEXT NOT NULL, leaf INTEGER NOT NULL, stream INTEGER NOT NULL, PRIMARY KEY (matter, leaf)) STRICT, WITHOUT ROWID;
  CREATE TABLE request_references (reference TEXT NOT NULL, stream INTEGER NOT NULL, PRIMARY KEY (reference, stream)) STRICT, WITHOUT ROWID;
  CREATE TABLE submissions (
    asker TEXT NOT NULL,
    addressee TEXT NOT NULL,
    mechanism TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (asker, addressee, mechanism)
  ) STRICT, WITHOUT ROWID;

  -- Requests of which a question was decided to go to a meeting, as long as one of their questions is open.
  CREATE TABLE to_meeting (
    mechanism TEXT NOT NULL,
    asker TEXT NOT NULL,
    addressee TEXT NOT NULL,
    stream INTEGER NOT NULL,
    PRIMARY KEY (mechanism, asker, stream)
  ) STRICT, WITHOUT ROWID;

  -- How many of them there are.
  CREATE TABLE meeting_matters (
    mechanism TEXT NOT NULL,
    asker TEXT NOT NULL,
    addressee TEXT NOT NULL,
    waiting INTEGER NOT NULL,
    PRIMARY KEY (mechanism, asker, addressee)
  ) STRICT, WITHOUT ROWID;

  -- Kept checkpoints of the log: the first that covers a leaf gives the leaf its time, in Unix seconds.
  CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, time INTEGER NOT NULL) STRICT;
`
