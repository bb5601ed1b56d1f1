/** The order of entries that a log is a function of. Nothing in it ever changes. */
export interface EntryRecord {
  /** How many entries it holds. */
  size(): Promise<number>
  /** The entries from this index on, in order. */
  entries(from: number): AsyncIterable<Uint8Array>
}
