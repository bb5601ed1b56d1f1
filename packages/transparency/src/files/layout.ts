/** The kept checkpoints, an SQLite file in the log folder beside what tlog-tiles names: table `checkpoint (size, time, text)`. */
export const CHECKPOINTS_FILE = 'checkpoints.db'
/** The last published checkpoint (C2SP tlog-tiles). */
export const CHECKPOINT_FILE = 'checkpoint'
/** The log's verifier key, for people who set up a checker. */
export const VKEY_FILE = 'vkey'
