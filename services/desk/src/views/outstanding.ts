import type { DatabaseSync } from 'node:sqlite'
import type { DutyInTime, Outstanding } from '@tidings/client/contract'
import { type DutyKind, dutyKinds } from '@tidings/exchange'
import { type Question, questions } from '@tidings/statement'
import { type DutyHolder, dutyHolder } from '../projection/snapshot.ts'
import type { Clocks } from './clocks.ts'
import { dutyInTime } from './duties.ts'
import type { Lookup } from './lookup.ts'
import { type OpenDuty, openDutiesOf } from './open-duties.ts'
import { type PageQuery, pageOfSources } from './pages.ts'

/** What of a party's outstanding is asked for. `towards` is the other party, whichever side it is on. */
export interface OutstandingQuery extends PageQuery {
  readonly direction?: 'owed-by' | 'owed-to' | undefined
  readonly kind?: DutyKind | undefined
  readonly question?: Question | undefined
  readonly towards?: string | undefined
  readonly mechanism?: string | undefined
}

/** Reads what is outstanding for a party, within the mechanisms that the reader may see. */
export type ReadOutstanding = (
  party: string,
  mechanisms: 'all' | readonly string[],
  query: OutstandingQuery,
) => Omit<Outstanding, 'asOf'>

interface DutyGroup {
  readonly id: number
  readonly owner: string
  readonly towards: string
  readonly mechanism: string
  readonly kind: DutyKind
  readonly question: Question | ''
  readonly open: number
}

interface OpenQuestions {
  readonly asker: string
  readonly addressee: string
  readonly mechanism: string
  readonly question: Question
  readonly open: number
}

/** Opens the view of what is outstanding: counts are read from groups, pages merged from the groups that the filters leave. */
export function openOutstandingView(db: DatabaseSync, lookup: Lookup, clocks: Clocks): ReadOutstanding {
  const groupsOf = db.prepare(
    'SELECT * FROM duty_groups WHERE owner = ?1 UNION SELECT * FROM duty_groups WHERE towards = ?1 ORDER BY id',
  )
  const questionsOf = db.prepare(
    'SELECT * FROM open_questions WHERE asker = ?1 UNION SELECT * FROM open_questions WHERE addressee = ?1',
  )
  const sourceOf = openDutiesOf(db)

  function holderOf(stream: number): DutyHolder {
    const holder = dutyHolder(lookup.streamNumbered(stream))
    if (!holder) throw new TypeError('internal error: a duty is about nothing')
    return holder
  }

  /** The duties of a page. Those that one statement has opened stand together: what they are about is read once. */
  function shown(duties: readonly OpenDuty[]): DutyInTime[] {
    const holders = new Map<number, DutyHolder>()
    return duties.map(({ stream, number }) => {
      const holder = holders.get(stream) ?? holderOf(stream)
      holders.set(stream, holder)
      return dutyInTime(lookup, clocks, holder, number)
    })
  }

  return (party, mechanisms, query) => {
    const within = (mechanism: string) =>
      (mechanisms === 'all' || mechanisms.includes(mechanism)) &&
      (query.mechanism === undefined || query.mechanism === mechanism)
    const groups = (groupsOf.all(party) as unknown as DutyGroup[]).filter(({ mechanism }) => within(mechanism))
    const asked = (questionsOf.all(party) as unknown as OpenQuestions[]).filter(({ mechanism }) => within(mechanism))
    const page = pageOfSources(
      groups.filter((group) => isMeant(party, group, query)).map(({ id }) => sourceOf(id)),
      query,
    )
    return {
      party,
      totals: {
        owedBy: {
          duties: dutyTotals(groups.filter(({ owner }) => owner === party)),
          questions: questionTotals(asked.filter(({ addressee }) => addressee === party)),
        },
        owedTo: {
          duties: dutyTotals(groups.filter(({ towards }) => towards === party)),
          questions: questionTotals(asked.filter(({ asker }) => asker === party)),
        },
      },
      items: shown(page.rows),
      ...(page.next !== undefined && { next: page.next }),
    }
  }
}

function isMeant(party: string, group: DutyGroup, { direction, kind, question, towards }: OutstandingQuery): boolean {
  const owedBy = group.owner === party
  return (
    group.open > 0 &&
    (direction === undefined || (direction === 'owed-by' ? owedBy : group.towards === party)) &&
    (kind === undefined || group.kind === kind) &&
    (question === undefined || group.question === question) &&
    (towards === undefined || (owedBy ? group.towards : group.owner) === towards)
  )
}

function dutyTotals(groups: readonly DutyGroup[]): Record<DutyKind, number> {
  const totals = Object.fromEntries(dutyKinds.map((kind) => [kind, 0])) as Record<DutyKind, number>
  for (const { kind, open } of groups) totals[kind] += open
  return totals
}

function questionTotals(asked: readonly OpenQuestions[]): Record<Question, number> {
  const totals = Object.fromEntries(questions.map((question) => [question, 0])) as Record<Question, number>
  for (const { question, open } of asked) totals[question] += open
  return totals
}
