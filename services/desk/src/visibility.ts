import { type Duty, rulesAt, type Verdict } from '@tidings/exchange'
import type { StreamPrefix } from '@tidings/statement'
import type { Present } from './projection/present.ts'
import { type ExchangeThing, type ShownExchange, sidesOf } from './projection/snapshot.ts'

/**
 * Who may see what: the one place where the table "Who sees what" in README.md is decided. Routes and views ask here; none decides
 * by itself.
 *
 * Who mediates, and who takes part, is asked as of the present: a mediator that has left sees nothing more, one that has come sees what was said
 * before. Who stands in an audience was said by the author and stays.
 */

/** What a statement says of who may see it. A release speaks for its draft, and says what the draft says. */
export interface StatementAudience {
  readonly prefix: StreamPrefix
  readonly about: string
  readonly iss: string
  readonly aud?: readonly string[]
  readonly mechanism?: string
  readonly verdict: Verdict['verdict']
}

/** Whether a reader may know of a statement: its bytes, its verdict, its place in a timeline. */
export function mayKnowStatement(reader: string, statement: StatementAudience, present: Present): boolean {
  if (statement.iss === reader) return true
  // What is held, or void, is its author's alone.
  if (statement.verdict !== 'effective') return false
  switch (statement.prefix) {
    case 'party':
      return maySeeParty(reader, statement.about, present)
    case 'mechanism':
      return maySeeMechanism(reader, statement.about, present)
    case 'case':
    case 'list':
    case 'site':
      return isAddressed(reader, statement)
    case 'request':
    case 'disclosure':
      return isAddressed(reader, statement) || mediates(reader, statement.mechanism, present)
  }
}

/** Whether a reader may read the contents of a statement. A mediator may not, unless it stands in the audience or the rules in force say so. */
export function mayReadContent(reader: string, statement: StatementAudience, present: Present): boolean {
  if (statement.iss === reader) return true
  if (statement.verdict !== 'effective') return false
  return isAddressed(reader, statement) || readsAsMediator(reader, statement, present)
}

function readsAsMediator(reader: string, { mechanism, prefix }: StatementAudience, present: Present): boolean {
  if (prefix !== 'request' && prefix !== 'disclosure') return false
  const standing = mediates(reader, mechanism, present) && present.mechanism(mechanism ?? '')
  // What the order has brought into force by now, as for everything that is asked as of the present.
  return standing ? rulesAt(standing, Number.MAX_SAFE_INTEGER)?.rules.mediatorContent === true : false
}

/** How much of a request or disclosure a reader may see. */
export type ThingAccess = 'whole' | 'own-side' | 'none'

/**
 * How much of a request or disclosure a reader may see: its sides what concerns them, its mediators and whoever stood in every audience the
 * whole. Whoever saw only some of its statements sees those, and no state that tells of the others.
 */
export function thingAccess(reader: string, thing: ExchangeThing, shown: ShownExchange, present: Present): ThingAccess {
  if (shown.readers.includes(reader) || mediates(reader, thing.mechanism, present)) return 'whole'
  const { author, addressees } = sidesOf(thing)
  return author === reader || addressees.includes(reader) ? 'own-side' : 'none'
}

/** Whether a reader with this access may see a duty: what it owes, what it is owed, or everything. */
export function maySeeDuty(reader: string, duty: Pick<Duty, 'owner' | 'towards'>, access: ThingAccess): boolean {
  return access === 'whole' || (access === 'own-side' && (duty.owner === reader || duty.towards === reader))
}

/** Whether a reader may see a party, with its keys: itself, or one with which it takes part in a mechanism. */
export function maySeeParty(reader: string, party: string, present: Present): boolean {
  if (reader === party) return true
  const shared = new Set(present.mechanismsOf(reader))
  return present.mechanismsOf(party).some((mechanism) => shared.has(mechanism))
}

/** Whether a reader may see a mechanism: whoever takes part in it, or was named by a proposal. */
export function maySeeMechanism(reader: string, mechanism: string, present: Present): boolean {
  return present.naming(reader).includes(mechanism)
}

/** Which mechanisms' duties of a party a reader may see: all of its own; a mediator those of the mechanisms it mediates. */
export function outstandingAccess(
  reader: string,
  party: string,
  present: Present,
): { readonly mechanisms: 'all' | readonly string[] } | undefined {
  if (reader === party) return { mechanisms: 'all' }
  // Named, not only present: what a party owes does not end with its leaving.
  const theirs = new Set(present.naming(party))
  const mechanisms = present.mediatedBy(reader).filter((mechanism) => theirs.has(mechanism))
  return mechanisms.length > 0 ? { mechanisms } : undefined
}

function isAddressed(reader: string, { aud }: StatementAudience): boolean {
  return aud?.includes(reader) ?? false
}

function mediates(reader: string, mechanism: string | undefined, present: Present): boolean {
  return mechanism !== undefined && present.mediatedBy(reader).includes(mechanism)
}
