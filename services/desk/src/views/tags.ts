import { listed } from '@tidings/exchange'
import type { KeptViews } from '../keeping/kept-views.ts'
import type { Snapshot } from '../projection/snapshot.ts'

/**
 * Entity tags of what readers are shown. A tag says: as of this leaf, and on these days, it is what it is now. It is worked out from what decides an
 * answer, before the answer is made. Tags are weak: `asOf` rises with every statement anywhere and is no reason to send the rest again.
 */
export interface Tags {
  /** Of whatever follows from one stream, and from who takes part; with what else decides it. */
  thing(reader: string, snapshot: Snapshot, ...decided: readonly string[]): string
  /** Of whatever gathers things that a reader is shown; with what else decides it. */
  gathered(reader: string, ...decided: readonly string[]): string
  /** Of whatever follows from parties and mechanisms alone. */
  parties(reader: string): string
  /** Of what nothing else decides. */
  parts(reader: string, ...parts: readonly (string | number)[]): string
}

/** Makes the tags of a desk. */
export function openTags({ touched }: Pick<KeptViews, 'touched'>): Tags {
  // Marked with its reader: the same address shows each reader its own.
  const parts: Tags['parts'] = (reader, ...decided) => `W/"${[reader.slice(0, 8), ...decided].join('.')}"`
  return {
    parts,
    thing: (reader, snapshot, ...decided) =>
      parts(reader, Math.max(lastLeaf(snapshot), touched.sinceAll()), ...decided),
    gathered: (reader, ...decided) => parts(reader, touched.since(reader), ...decided),
    parties: (reader) => parts(reader, touched.sinceAll()),
  }
}

function lastLeaf({ state: { recorded } }: Snapshot): number {
  return listed(recorded).at(-1)?.leaf ?? -1
}
