import type { DutyView, Timeline } from '@tidings/client/contract'
import { dutiesOf, listed } from '@tidings/exchange'
import { type PayloadOf, prefixOf } from '@tidings/statement'
import type { Present } from '../projection/present.ts'
import { shownContent } from '../projection/shown-content.ts'
import type { Snapshot } from '../projection/snapshot.ts'
import { aboutOfStream } from '../projection/snapshot.ts'
import { mayKnowStatement, maySeeDuty, type ThingAccess, thingAccess } from '../visibility.ts'
import { dutyView, exchangeOf, withoutDischarge } from './duties.ts'
import type { FoundStatement, Lookup } from './lookup.ts'

type Entry = Timeline['entries'][number]

/** The timeline of a request or disclosure: the statements that a reader may know of, oldest first. Undefined if there is none. */
export async function timelineView(
  lookup: Lookup,
  present: Present,
  snapshot: Snapshot,
  reader: string,
): Promise<Omit<Timeline, 'asOf'> | undefined> {
  const statements: FoundStatement[] = []
  for (const { leaf } of listed(snapshot.state.recorded)) {
    const found = await lookup.statementAt(leaf)
    if (mayKnowStatement(reader, found.audience, present)) statements.push(found)
  }
  if (statements.length === 0) return undefined
  const about = exchangeOf(snapshot)
  const access = about ? thingAccess(reader, about.thing, about.shown, present) : 'none'
  const duties = about ? dutiesOf(about.thing).map((_, number) => dutyView(lookup, about, number)) : []
  const visible = visibleDuties(duties, reader, access, new Set(statements.map(({ statement }) => statement.id)))
  return {
    id: aboutOfStream(snapshot.state.stream),
    ...(about?.shown.reference !== undefined && { reference: about.shown.reference }),
    entries: statements.map((found) => entryOf(lookup, found, visible)),
  }
}

/**
 * The duties that a reader may see in a timeline. Whoever saw only some of the statements sees the duties that these have opened, and nothing
 * of what other statements have made of them.
 */
function visibleDuties(
  duties: readonly DutyView[],
  reader: string,
  access: ThingAccess,
  known: ReadonlySet<string>,
): readonly DutyView[] {
  return duties.flatMap((duty) => {
    if (maySeeDuty(reader, duty, access)) return [duty]
    if (access !== 'none' || !known.has(duty.openedBy)) return []
    return [duty.dischargedBy !== undefined && known.has(duty.dischargedBy) ? duty : withoutDischarge(duty)]
  })
}

/** Kinds whose bodies are shown by members of their own, or say nothing of the request. */
const toldApart: ReadonlySet<string> = new Set([
  'request.submit',
  'request.reply',
  'request.assess',
  'statement.release',
])

function tells(body: object): boolean {
  return Object.keys(body).length > 0
}

function entryOf(lookup: Lookup, found: FoundStatement, duties: readonly DutyView[]): Entry {
  const { leaf, statement, verdict } = found
  const { id, payload } = statement
  const content = payload.content?.map(shownContent)
  return {
    statement: id,
    leaf,
    time: lookup.timeOf(leaf),
    kind: payload.kind,
    iss: payload.iss,
    verdict,
    ...(payload.kind === 'request.reply' && { answers: (payload as PayloadOf<'request.reply'>).body.answers }),
    ...(payload.kind === 'request.assess' && {
      assessments: (payload as PayloadOf<'request.assess'>).body.assessments,
    }),
    ...(prefixOf(payload) === 'request' &&
      !toldApart.has(payload.kind) &&
      tells(payload.body) && { body: payload.body }),
    ...(content && { content }),
    opened: duties.filter((duty) => duty.openedBy === id),
    discharged: duties.filter((duty) => duty.dischargedBy === id),
  }
}
