import type { DatabaseSync } from 'node:sqlite'
import type { PayloadOf } from '@tidings/statement'
import { openShelves } from './shelves.ts'
import { shownContent } from './shown-content.ts'
import type { ShownVersions, Snapshot } from './snapshot.ts'

/** An effective statement of a party's register: a case, a burial place, a list. */
export interface RegisterChange {
  readonly prefix: string
  readonly stream: number
  readonly id: string
  readonly payload: PayloadOf
  /** The leaf from which on it counts. */
  readonly leaf: number
  /** The leaf that holds it: earlier, for a released draft. */
  readonly stated: number
  readonly shown: Snapshot['register']
}

/** Keeps the lists of register entries: an entry is there for its party, and for each reader from the first version that names it. */
export interface RegisterTables {
  take(change: RegisterChange): NonNullable<Snapshot['register']>
  /** Writes what is kept back. Called within the transaction that is to hold it. */
  flush(): void
}

/** Opens the tables of registers. */
export function openRegisterTables(db: DatabaseSync): RegisterTables {
  const shelves = openShelves(db)
  return {
    take({ prefix, stream, id, payload, leaf, stated, shown }) {
      const [content] = payload.content ?? []
      const readers = new Set([payload.iss, ...(payload.aud ?? [])])
      const now = [...readers].map((reader): [string, ShownVersions] => {
        const before = shown?.[reader]
        if (!before) {
          const side = reader === payload.iss ? 'author' : 'other'
          shelves.put({ reader, side, mechanism: '' }, { prefix, open: true, leaf, stream })
        }
        const versions: ShownVersions = {
          since: before?.since ?? leaf,
          versions: (before?.versions ?? 0) + 1,
          latest: { statement: id, leaf, stated },
          ...(content && { content: shownContent(content) }),
        }
        return [reader, versions]
      })
      return { ...shown, ...Object.fromEntries(now) }
    },
    flush: shelves.flush,
  }
}
