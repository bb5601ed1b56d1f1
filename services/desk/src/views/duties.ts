import type { DutyDetail, DutyInTime, DutyView } from '@tidings/client/contract'
import type { Asked, Duty } from '@tidings/exchange'
import type { DutyHolder, ExchangeThing, Snapshot } from '../projection/snapshot.ts'
import { dutyHolder } from '../projection/snapshot.ts'
import type { Clocks } from './clocks.ts'
import type { Lookup } from './lookup.ts'

/** What a request or disclosure is, for views: its thing, its duties and what is shown beside it. */
export interface ExchangeView extends DutyHolder {
  readonly prefix: 'request' | 'disclosure'
  readonly thing: ExchangeThing
  readonly shown: NonNullable<Snapshot['exchange']>
}

/** The request or disclosure of a snapshot, if an effective statement has founded it. */
export function exchangeOf(snapshot: Snapshot | undefined): ExchangeView | undefined {
  const holder = snapshot && dutyHolder(snapshot)
  const shown = snapshot?.exchange
  if (!holder || !shown || holder.prefix === 'mechanism') return undefined
  return { ...holder, prefix: holder.prefix, thing: snapshot.state.thing as ExchangeThing, shown }
}

/** A duty of a holder, by its number. */
function dutyOf({ id, duties }: DutyHolder, number: number): Duty {
  const duty = duties[number]
  if (!duty) throw new TypeError(`internal error: ${id} has no duty ${number}`)
  return duty
}

/** A duty as views show it; `number` is its place among the duties about its thing. */
export function dutyView(lookup: Lookup, holder: DutyHolder, number: number): DutyView {
  const { id, prefix, mechanism, reference } = holder
  const duty = dutyOf(holder, number)
  const { owner, towards, kind, question, openedAt, openedBy, re, reviewDate } = duty
  return {
    id: `${id}.${number}`,
    owner,
    towards,
    kind,
    mechanism,
    about: id,
    stream: prefix,
    ...(reference !== undefined && { reference }),
    ...(question !== undefined && { question }),
    openedAt,
    openedBy,
    openedOn: lookup.timeOf(openedAt),
    ...(re !== undefined && { re }),
    ...(reviewDate !== undefined && { reviewDate }),
    ...discharged(lookup, duty),
  }
}

/** A duty with where it stands in time today. */
export function dutyInTime(lookup: Lookup, clocks: Clocks, holder: DutyHolder, number: number): DutyInTime {
  return { ...dutyView(lookup, holder, number), ...clocks.standing(dutyOf(holder, number), holder.mechanism) }
}

/**
 * A duty with its clock, as both were known at a leaf and are seen on a day; today, as everything is known, unless told.
 *
 * @throws {ClockError} it opened after that leaf
 */
export function dutyDetail(
  lookup: Lookup,
  clocks: Clocks,
  holder: DutyHolder,
  number: number,
  asked: Partial<Asked>,
): Omit<DutyDetail, 'asOf'> {
  const view = dutyView(lookup, holder, number)
  const clock = clocks.clock(dutyOf(holder, number), holder.mechanism, asked)
  const known = view.dischargedAt === undefined || view.dischargedAt <= clock.atLeaf
  return { ...(known ? view : withoutDischarge(view)), clock }
}

function discharged(lookup: Lookup, { dischargedAt, dischargedBy }: Duty) {
  if (dischargedAt === undefined || dischargedBy === undefined) return undefined
  return { dischargedAt, dischargedBy, dischargedOn: lookup.timeOf(dischargedAt) }
}

/** A duty without what became of it: for whoever may not know of the statement that discharged it. */
export function withoutDischarge({
  dischargedAt: _,
  dischargedBy: __,
  dischargedOn: ___,
  ...duty
}: DutyView): DutyView {
  return duty
}
