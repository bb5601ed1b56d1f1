import type { DisclosureView, RequestDetail, RequestView } from '@tidings/client/contract'
import { dutiesOf } from '@tidings/exchange'
import { maySeeDuty, type ThingAccess } from '../visibility.ts'
import type { Clocks } from './clocks.ts'
import { dutyInTime, type ExchangeView } from './duties.ts'
import type { Lookup } from './lookup.ts'

/** A request as a reader with this access sees it. */
export function requestView(lookup: Lookup, about: ExchangeView, reader: string, access: ThingAccess): RequestView {
  const { id, thing, shown } = about
  if (!('asker' in thing) || shown.reference === undefined || !shown.content) {
    throw new TypeError(`internal error: ${id} is not a request`)
  }
  const { mechanism, asker, addressee, matter, questions, submitted, returned } = thing
  return {
    id,
    reference: shown.reference,
    mechanism,
    asker,
    addressee,
    matter,
    questions: questions.map(({ question, closed }) => ({
      question,
      open: closed === undefined,
      ...shown.lastSaid?.[question],
      ...(closed && { closed: closed.how }),
    })),
    submitted: { ...submitted, time: lookup.timeOf(submitted.leaf) },
    content: shown.content,
    ...(returned &&
      returned.until === undefined && {
        returned: { statement: returned.statement, leaf: returned.leaf, time: lookup.timeOf(returned.leaf) },
      }),
    withdrawn: thing.withdrawn !== undefined,
    openDuties: openDuties(about, reader, access),
  }
}

/** A request with its duties. */
export function requestDetail(
  lookup: Lookup,
  clocks: Clocks,
  about: ExchangeView,
  reader: string,
  access: ThingAccess,
): RequestDetail {
  const duties = dutiesOf(about.thing).flatMap((duty, number) =>
    maySeeDuty(reader, duty, access) ? [dutyInTime(lookup, clocks, about, number)] : [],
  )
  return { ...requestView(lookup, about, reader, access), duties }
}

/** A disclosure as a reader with this access sees it. */
export function disclosureView(
  lookup: Lookup,
  about: ExchangeView,
  reader: string,
  access: ThingAccess,
): DisclosureView {
  const { id, thing, shown } = about
  if ('asker' in thing || !shown.content) throw new TypeError(`internal error: ${id} is not a disclosure`)
  const { mechanism, author, addressees, matter, made } = thing
  return {
    id,
    mechanism,
    author,
    addressees: [...addressees],
    matter,
    made: { ...made, time: lookup.timeOf(made.leaf) },
    content: shown.content,
    openDuties: openDuties(about, reader, access),
  }
}

function openDuties({ thing }: ExchangeView, reader: string, access: ThingAccess): number {
  return thing.owed.filter((duty) => maySeeDuty(reader, duty, access)).length
}
