import type { DutyView } from '@tidings/client/contract'
import type { Duty } from '@tidings/exchange'
import type { ExchangeThing, Snapshot } from '../projection/snapshot.ts'
import { aboutOfStream, prefixOfStream } from '../projection/snapshot.ts'
import type { Lookup } from './lookup.ts'

/** What a request or disclosure is, for views: its thing and what is shown beside it. */
export interface ExchangeView {
  readonly id: string
  readonly prefix: 'request' | 'disclosure'
  readonly thing: ExchangeThing
  readonly shown: NonNullable<Snapshot['exchange']>
}

/** The request or disclosure of a snapshot, if an effective statement has founded it. */
export function exchangeOf(snapshot: Snapshot | undefined): ExchangeView | undefined {
  if (!snapshot) return undefined
  const { state, exchange } = snapshot
  const prefix = prefixOfStream(state.stream)
  if ((prefix !== 'request' && prefix !== 'disclosure') || !state.thing || !exchange) return undefined
  return { id: aboutOfStream(state.stream), prefix, thing: state.thing as ExchangeThing, shown: exchange }
}

/** A duty as views show it; `number` is its place among the duties about its thing. */
export function dutyView(lookup: Lookup, { id, prefix, thing, shown }: ExchangeView, number: number): DutyView {
  const duty = thing.duties[number]
  if (!duty) throw new TypeError(`internal error: ${id} has no duty ${number}`)
  const { owner, towards, kind, question, openedAt, openedBy, reviewDate } = duty
  return {
    id: `${id}.${number}`,
    owner,
    towards,
    kind,
    mechanism: thing.mechanism,
    about: id,
    stream: prefix,
    ...(shown.reference !== undefined && { reference: shown.reference }),
    ...(question !== undefined && { question }),
    openedAt,
    openedBy,
    openedOn: lookup.timeOf(openedAt),
    ...(reviewDate !== undefined && { reviewDate }),
    ...discharged(lookup, duty),
  }
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
