import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as breathe } from 'node:timers/promises'
import type { ReminderView } from '@tidings/client/contract'
import { type Duty, dayOfDate } from '@tidings/exchange'
import { type Question, remindable } from '@tidings/statement'
import type { Present } from '../projection/present.ts'
import { type DutyHolder, dutyHolder } from '../projection/snapshot.ts'
import type { Clocks } from './clocks.ts'
import {
  beginning,
  decodeNestedCursor,
  encodeCursor,
  encodeNestedCursor,
  type NestedPlace,
  type Place,
} from './cursor.ts'
import { dutyView } from './duties.ts'
import type { Lookup } from './lookup.ts'
import { type Page, type PageQuery, type Placed, pageOfSources, type Source } from './pages.ts'

/** Duties, and groups of which none is due, that a page looks at, at most: what is left over comes with the next. */
const LOOKED_AT = 2000
/** How many are looked at before other requests are answered. */
const AT_ONCE = 200
/** Rows that are read ahead of the walk. */
const GROUPS_AT_ONCE = 32
const DUTIES_AT_ONCE = 64
/** Past every duty of a group. */
const end: Place = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

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

/** A step of the walk: to a duty, or past a group of which none is due. */
type Step = { readonly place: NestedPlace } & (
  | { readonly stream: number; readonly number: number }
  | { readonly stream?: undefined; readonly number?: undefined }
)

interface DutyGroup {
  readonly id: number
  readonly owner: string
  readonly towards: string
  readonly mechanism: string
  readonly kind: string
  readonly question: string
}

/** Duties that have the same reminders, with one of them. */
interface ReminderGroup {
  readonly id: number
  readonly dutyGroup: number
  readonly mechanism: string
  readonly duty: Duty
}

/**
 * Opens the list of reminders that are due. Like every date they are worked out when they are asked for; nothing of it is stored.
 *
 * Duties that have the same reminders stand in one group (`projection/reminder-groups.ts`): of each group that can be due by now one duty is asked, and only where it is,
 * the others are read. So a page costs what it shows, and a look at each day whose dates were moved; not what is open.
 */
export function openReminders({ db, lookup, clocks, present }: RemindersOptions): ReadReminders {
  const dutyGroups = db.prepare(
    `SELECT id, owner, towards, mechanism, kind, question FROM duty_groups
     WHERE open > 0 AND owner <> ?1 AND (towards = ?1 OR mechanism IN (SELECT value FROM json_each(?2)))
     AND kind IN (SELECT value FROM json_each(?3)) ORDER BY id`,
  )
  const kinds = JSON.stringify(remindable)
  const reminderGroups = db.prepare(
    `SELECT not_before, id, duty FROM reminder_groups
     WHERE duty_group = ? AND open > 0 AND (not_before, id) > (?, ?) AND not_before <= ? ORDER BY not_before, id LIMIT ?`,
  )
  const duties = db.prepare(
    `SELECT opened_at, number, stream FROM open_duties
     WHERE reminder_group = ? AND duty_group = ? AND (opened_at, number) > (?, ?) ORDER BY opened_at, number LIMIT ?`,
  )

  /** The groups of duties that a reader may remind of, each as a source of those within it that can be due by now. */
  function sourcesFor(reader: string, query: RemindersQuery): readonly Source<Placed<ReminderGroup>>[] {
    const { mechanism, kind, question } = query
    const all = dutyGroups.all(reader, JSON.stringify(present.mediatedBy(reader)), kinds) as unknown as DutyGroup[]
    return all
      .filter(
        (group) =>
          (mechanism === undefined || group.mechanism === mechanism) &&
          (kind === undefined || group.kind === kind) &&
          (question === undefined || group.question === question) &&
          !clocks.remindersStand(group, group.mechanism),
      )
      .flatMap((group) => {
        const on = query.on ?? clocks.days([group.mechanism]).at(-1)
        return on === undefined ? [] : [sourceOf(group, dayOfDate(on))]
      })
  }

  function sourceOf({ id: dutyGroup, mechanism }: DutyGroup, on: number): Source<Placed<ReminderGroup>> {
    return ([day, after], limit) =>
      reminderGroups.all(dutyGroup, day, after, on, limit).map((row) => {
        const id = Number(row.id)
        const place = [Number(row.not_before), id] as const
        const duty = JSON.parse(String(row.duty)) as Duty
        return { place, row: { place, row: { id, dutyGroup, mechanism, duty } } }
      })
  }

  /** The duties of a group that follow a place in it. */
  function dutiesOf({ id, dutyGroup }: ReminderGroup, [openedAt, number]: Place, limit: number) {
    return duties.all(id, dutyGroup, openedAt, number, limit).map((row) => ({
      inner: [Number(row.opened_at), Number(row.number)] as const,
      stream: Number(row.stream),
    }))
  }

  /** Where each step of the walk leads: to a duty of a group that is due, or past a group that is not. */
  function* walk(reader: string, query: RemindersQuery): Generator<Step> {
    const sources = sourcesFor(reader, query)
    const atOnce = Math.min(DUTIES_AT_ONCE, query.limit + 1)
    const [[day, id], begin] = decodeNestedCursor(query.cursor)
    // The group of the cursor comes first: the rest of it follows.
    let cursor: string | undefined = encodeCursor([day, id - 1])
    let after = begin
    while (cursor !== undefined) {
      const page: Page<Placed<ReminderGroup>> = pageOfSources(sources, { limit: GROUPS_AT_ONCE, cursor })
      for (const { place: outer, row: group } of page.rows) {
        if (outer[0] !== day || outer[1] !== id) after = beginning
        if (!clocks.reminder(group.duty, group.mechanism, query.on)) {
          yield { place: [outer, end] }
          continue
        }
        for (let more = true; more; ) {
          const found = dutiesOf(group, after, atOnce)
          for (const { inner, stream } of found) yield { place: [outer, inner], stream, number: inner[1] }
          after = found.at(-1)?.inner ?? after
          more = found.length === atOnce
        }
      }
      cursor = page.next
    }
  }

  return async (reader, query) => {
    const holders = holderByHolder(lookup)
    const items: ReminderView[] = []
    let last: NestedPlace | undefined
    let steps = 0
    for (const { place, stream, number } of walk(reader, query)) {
      // There is more: where this one stands, or behind it.
      if (last && (items.length === query.limit || steps === LOOKED_AT))
        return { items, next: encodeNestedCursor(last) }
      const item = stream === undefined ? undefined : due(lookup, clocks, holders(stream), number, query.on)
      if (item) items.push(item)
      last = place
      if (++steps % AT_ONCE === 0) await breathe()
    }
    return { items }
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
