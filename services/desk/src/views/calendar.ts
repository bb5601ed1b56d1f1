import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as breathe } from 'node:timers/promises'
import { type Duty, type MechanismThing, pausesOf, suspensionsOf } from '@tidings/exchange'
import ical, { type ICalCalendar, ICalEventStatus, ICalEventTransparency } from 'ical-generator'
import type { Present } from '../projection/present.ts'
import { type DutyHolder, dutyHolder } from '../projection/snapshot.ts'
import type { Clocks } from './clocks.ts'
import type { Lookup } from './lookup.ts'

/** For how long a discharged duty is told as cancelled: programs that fetch the calendar now and then take its date away. */
const CANCELLED_FOR = { days: 60 }
/** Most events of a calendar: those that were opened first. A program that shows more than these to a person helps nobody. */
const MOST_EVENTS = 10_000
/** Duties that are looked at before other requests are answered. */
const AT_ONCE = 200

/** Which due dates are asked for. */
export interface CalendarQuery {
  readonly direction?: 'owed-by' | 'owed-to' | undefined
  readonly mechanism?: string | undefined
}

/** Due dates as an iCalendar file (RFC 5545). */
export interface Calendar {
  /** Those of a party's duties on both sides, and of all in the mechanisms that it mediates. */
  read(reader: string, query: CalendarQuery): Promise<string>
  /** The day since which duties that were discharged are told as cancelled. */
  cancelledSince(): string
}

/** What a calendar is made from. */
export interface CalendarOptions {
  readonly db: DatabaseSync
  readonly lookup: Lookup
  readonly clocks: Clocks
  readonly present: Present
  /** How many leaves the views know. */
  readonly size: () => number
}

interface Group {
  readonly id: number
  readonly owner: string
  readonly towards: string
  readonly mechanism: string
}

/** Opens the calendar. Dates are worked out when it is asked for; nothing of it is stored. */
export function openCalendar({ db, lookup, clocks, present, size }: CalendarOptions): Calendar {
  const groupsOf = db.prepare(
    `SELECT id, owner, towards, mechanism FROM duty_groups
     WHERE owner = ?1 OR towards = ?1 OR mechanism IN (SELECT value FROM json_each(?2)) ORDER BY id`,
  )
  const open = db.prepare(
    'SELECT number, stream FROM open_duties WHERE duty_group = ? ORDER BY opened_at, number LIMIT ?',
  )
  const discharged = db.prepare(
    'SELECT discharged_at, number, stream FROM discharged_duties WHERE duty_group = ? ORDER BY discharged_at DESC LIMIT ?',
  )

  function groupsFor(reader: string, { direction, mechanism }: CalendarQuery): readonly Group[] {
    const groups = groupsOf.all(reader, JSON.stringify(present.mediatedBy(reader))) as unknown as Group[]
    return groups.filter(
      (group) =>
        (mechanism === undefined || group.mechanism === mechanism) &&
        (direction === undefined || (direction === 'owed-by' ? group.owner : group.towards) === reader),
    )
  }

  function cancelledSince(): string {
    const last = Temporal.Instant.fromEpochMilliseconds(lookup.secondsOf(size() - 1) * 1000)
    return last.toZonedDateTimeISO('UTC').toPlainDate().subtract(CANCELLED_FOR).toString()
  }

  function* dutiesOf(groups: readonly Group[]): Generator<readonly [DutyHolder, number]> {
    for (const { id } of groups) for (const row of open.all(id, MOST_EVENTS)) yield meant(row)
    const since = Temporal.Instant.from(`${cancelledSince()}T00:00Z`).epochMilliseconds / 1000
    for (const { id } of groups) {
      for (const row of discharged.all(id, MOST_EVENTS)) {
        if (lookup.secondsOf(Number(row.discharged_at)) < since) break
        yield meant(row)
      }
    }
  }

  function meant({ stream, number }: Record<string, unknown>): readonly [DutyHolder, number] {
    const holder = dutyHolder(lookup.streamNumbered(Number(stream)))
    if (!holder) throw new TypeError('internal error: a duty is about nothing')
    return [holder, Number(number)]
  }

  function addEvent(calendar: ICalCalendar, holder: DutyHolder, number: number): void {
    const duty = holder.duties[number]
    if (!duty) throw new TypeError(`internal error: ${holder.id} has no duty ${number}`)
    const due = clocks.due(duty, holder.mechanism)
    if (due === undefined) return
    const id = `${holder.id}.${number}`
    const day = Temporal.PlainDate.from(due)
    calendar.createEvent({
      id: `${id}@tidings`,
      sequence: changesOf(duty, present.mechanism(holder.mechanism)),
      stamp: new Date(lookup.secondsOf(duty.dischargedAt ?? duty.openedAt) * 1000),
      allDay: true,
      start: day,
      // Exclusive: the day after. An event without an end lasts its day, and dates end with the year 9999.
      ...(due < '9999-12-31' && { end: day.add({ days: 1 }) }),
      summary: summaryOf(holder, duty),
      description: `tidings why ${id}`,
      transparency: ICalEventTransparency.TRANSPARENT,
      status: duty.dischargedAt === undefined ? ICalEventStatus.CONFIRMED : ICalEventStatus.CANCELLED,
    })
  }

  async function read(reader: string, query: CalendarQuery): Promise<string> {
    const calendar = ical({
      name: 'Tidings: due dates',
      prodId: { company: 'Tidings', product: 'desk', language: 'EN' },
    })
    let seen = 0
    for (const [holder, number] of dutiesOf(groupsFor(reader, query))) {
      addEvent(calendar, holder, number)
      if (calendar.length() === MOST_EVENTS) break
      if (++seen % AT_ONCE === 0) await breathe()
    }
    return calendar.toString()
  }

  return { read, cancelledSince }
}

/** Without names: a reference, or the end of an id, says which one to those who know. */
function summaryOf({ id, prefix, reference }: DutyHolder, { kind, question }: Duty): string {
  const about = reference ?? `${prefix} ${id.slice(-12)}`
  return `${about}: ${kind}${question === undefined ? '' : ` (${question})`} due`
}

/** How often something has happened that may have moved a duty's date: rises with each, and never falls. */
function changesOf(duty: Duty, mechanism: MechanismThing | undefined): number {
  const { openedAt, extensions = [], dischargedAt } = duty
  const { rules = [], absences = [] } = mechanism ?? {}
  const leaves = [
    ...rules.map(({ inForceSince }) => inForceSince),
    ...[...suspensionsOf(mechanism ?? {}), ...absences, ...pausesOf(duty)].flatMap(({ since, until }) => [
      since,
      until,
    ]),
    ...extensions.map(({ grantedAt }) => grantedAt),
    dischargedAt,
  ]
  return leaves.filter((leaf) => leaf !== undefined && leaf > openedAt).length
}
