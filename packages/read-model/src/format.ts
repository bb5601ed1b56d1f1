import type { FileFormat } from '@tidings/sqlite-file'

/** The table that tells up to which event the others are derived. */
export const CHECKPOINT = 'read_model_checkpoint'

// A loss of power may take back the last transactions, whole: the record makes them again. The write-ahead log is folded when readers stand at its end
// (`ReadModel.fold`), never by itself at a commit: readers who stand at an earlier moment would keep it from beginning anew.
/** Settings of every connection. */
export const settings = `
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -65536;
  PRAGMA temp_store = MEMORY;
  PRAGMA wal_autocheckpoint = 0`

/** The format of the file of a read model with this version. */
export function formatOf(version: number): FileFormat {
  return {
    name: 'a read model',
    applicationId: 0x54_64_52_4d, // "TdRM"
    version,
    schema: `CREATE TABLE ${CHECKPOINT} (only INTEGER PRIMARY KEY CHECK (only = 1), position INTEGER NOT NULL,
      event_id TEXT) STRICT`,
  }
}
