import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as breathe } from 'node:timers/promises'
import type { ReminderView } from '@tidings/client/contract'
import { type Question, remindable } from '@tidings/statement'
import type { Present } from '../projection/present.ts'
import { type DutyHolder, dutyHolder } from '../projection/snapshot.ts'
import type { Clocks } from './clocks.ts'
import { encodeCursor } from './cursor.ts'
import { dutyView } from './duties.ts'
import type { Lookup } from './lookup.ts'
import { type OpenDuty, openDutiesOf } from './open-duties.ts'
import { type Page, type PageQuery, type Placed, pageOfSources, type Source } from './pages.ts'

/** Duties that a page looks at, at most: a reader with a million of which none is late gets its answers in steps. */
const LOOKED_AT = 2000
/** Duties that are looked at before other requests are answered. */
const AT_ONCE = 200

/** Which reminders are asked for. */
export interface RemindersQuery extends PageQuery {
  /** The day on which it is asked; today unless told. */
  readonly on?: string | undefined
  readonly mechanism?: string | undefined
  readonly kind?: (typeof remindable)[number] | undefined
  readonly question?: Question | undefined
}

/** The duties of which a reader may remind and a reminder is due: those owed to it, and of a mediator all but its own. */
export type ReadReminders = (
  reader: string,
  query: RemindersQuery,
) => Promise<{ readonly items: ReminderView[]; readonly next?: string }>

/** What reminders are found in. */
export interface RemindersOptions {
  readonly db: DatabaseSync
  readonly lookup: Lookup
  readonly clocks: Clocks
  readonly present: Present
}

/** Opens the list of reminders that are due. Like every date they are worked out when they are asked for; nothing of it is stored. */
export function openReminders({ db, lookup, clocks, present }: RemindersOptions): ReadReminders {
  const groupsOf = db.prepare(
    `SELECT id, mechanism, kind, question FROM duty_groups
     WHERE open > 0 AND owner <> ?1 AND (towards = ?1 OR mechanism IN (SELECT value FROM json_each(?2)))
     AND kind IN (SELECT value FROM json_each(?3)) ORDER BY id`,
  )
  const kinds = JSON.stringify(remindable)
  const sourceOf = openDutiesOf(db)

  /** The open duties that a reader may remind of, each with its place, in order of opening. */
  function openTo(reader: string, { mechanism, kind, question, cursor }: RemindersQuery): Page<Placed<OpenDuty>> {
    const groups = groupsOf
      .all(reader, JSON.stringify(present.mediatedBy(reader)), kinds)
      .filter(
        (group) =>
          (mechanism === undefined || group.mechanism === mechanism) &&
          (kind === undefined || group.kind === kind) &&
          (question === undefined || group.question === question),
      )
    const sources = groups.map(({ id }): Source<Placed<OpenDuty>> => {
      const source = sourceOf(Number(id))
      return (after, limit) => source(after, limit).map((placed) => ({ place: placed.place, row: placed }))
    })
    return pageOfSources(sources, { limit: LOOKED_AT, cursor })
  }

  return async (reader, query) => {
    const { rows, next } = openTo(reader, query)
    const holders = holderByHolder(lookup)
    const items: ReminderView[] = []
    for (const [at, { place, row }] of rows.entries()) {
      const item = due(lookup, clocks, holders(row.stream), row.number, query.on)
      if (item) items.push(item)
      if (items.length === query.limit) {
        const more = at + 1 < rows.length || next !== undefined
        return { items, ...(more && { next: encodeCursor(place) }) }
      }
      if ((at + 1) % AT_ONCE === 0) await breathe()
    }
    return { items, ...(next !== undefined && { next }) }
  }
}

/** Reads what duties are about; of duties that were opened together it is read once. */
function holderByHolder(lookup: Lookup): (stream: number) => DutyHolder {
  let last: { readonly stream: number; readonly holder: DutyHolder } | undefined
  return (stream) => {
    if (last?.stream === stream) return last.holder
    const holder = dutyHolder(lookup.streamNumbered(stream))
    if (!holder) throw new TypeError('internal error: a duty is about nothing')
    last = { stream, holder }
    return holder
  }
}

/** A duty with the reminder that is due of it. Reminders are stated in requests. */
function due(
  lookup: Lookup,
  clocks: Clocks,
  holder: DutyHolder,
  number: number,
  on: string | undefined,
): ReminderView | undefined {
  const duty = holder.duties[number]
  // Discharged since the rows were read: another request was answered in between.
  if (!duty || duty.dischargedAt !== undefined || duty.rulesVersion === undefined) return undefined
  if (holder.prefix !== 'request') return undefined
  const found = clocks.reminder(duty, holder.mechanism, on)
  return found && { ...dutyView(lookup, holder, number), ...found, rulesVersion: duty.rulesVersion }
}
