import type { DatabaseSync } from 'node:sqlite'
import { formatReference, type MechanismThing, participantsAt, type RequestThing } from '@tidings/exchange'
import type { PayloadOf, Question } from '@tidings/statement'
import type { OutstandingTables } from './outstanding.ts'
import type { Present } from './present.ts'
import { openRows } from './rows.ts'
import { mediatorsShelf, openShelves, type Shelf, type Shelved, type Side } from './shelves.ts'
import { shownContent } from './shown-content.ts'
import { type ExchangeThing, isOpenRequest, type LastSaid, type ShownExchange, sidesOf } from './snapshot.ts'
import { openSubmissions } from './submissions.ts'

/** An effective statement of a request or disclosure, and what it has made of it. */
export interface ExchangeChange {
  readonly stream: number
  readonly payload: PayloadOf
  /** The leaf from which on it counts. */
  readonly leaf: number
  readonly before: ExchangeThing | undefined
  readonly after: ExchangeThing
  readonly shown: ShownExchange | undefined
}

/** Keeps the tables of requests and disclosures. */
export interface ExchangeTables {
  /** Takes one change; returns what views show beside the fold. */
  take(change: ExchangeChange): ShownExchange
  /** Writes what is kept back. Called within the transaction that is to hold it. */
  flush(): void
}

/**
 * Opens the tables of requests and disclosures.
 *
 * @param yearOf UTC year of a leaf: that of the first checkpoint that covers it
 */
export function openExchangeTables(
  db: DatabaseSync,
  present: Present,
  outstanding: OutstandingTables,
  yearOf: (leaf: number) => number,
): ExchangeTables {
  const shelves = openShelves(db)
  const matters = openRows(db, 'matters', ['matter', 'leaf', 'stream'])
  const references = openRows(db, 'request_references', ['reference', 'stream'])
  const toMeeting = db.prepare(
    'INSERT OR IGNORE INTO to_meeting (mechanism, asker, addressee, stream) VALUES (?, ?, ?, ?)',
  )
  const notToMeeting = db.prepare('DELETE FROM to_meeting WHERE mechanism = ? AND asker = ? AND stream = ?')
  const countMatter = db.prepare(
    `INSERT INTO meeting_matters (mechanism, asker, addressee, waiting) VALUES (?, ?, ?, ?4)
     ON CONFLICT DO UPDATE SET waiting = waiting + ?4`,
  )
  const submissions = openSubmissions(db)
  // A mechanism's state is another object after each change: what it says of those who come next is worked out once.
  const codesOf = new WeakMap<MechanismThing, ReadonlyMap<string, string>>()

  function codesIn(mechanism: MechanismThing, leaf: number): ReadonlyMap<string, string> {
    const known = codesOf.get(mechanism)
    const codes = known ?? new Map(participantsAt(mechanism, leaf).map(({ party, code }) => [party, code]))
    if (!known) codesOf.set(mechanism, codes)
    return codes
  }

  function referenceOf({ asker, addressee, mechanism }: RequestThing, leaf: number): string {
    const standing = present.mechanism(mechanism)
    const codes = standing && codesIn(standing, leaf)
    const [from, to] = [codes?.get(asker), codes?.get(addressee)]
    // The fold lets nobody submit, or be asked, who does not take part at this leaf.
    if (from === undefined || to === undefined) throw new TypeError('internal error: a side of a request has no code')
    const number = submissions.next(asker, addressee, mechanism)
    return formatReference({ asker: from, addressee: to, year: yearOf(leaf), number })
  }

  function begin({ stream, payload, leaf, after }: ExchangeChange): ShownExchange {
    const matter = matterId(after)
    if (matter !== undefined) matters.add(matter, leaf, stream)
    const reference = 'asker' in after ? referenceOf(after, leaf) : undefined
    if (reference !== undefined) references.add(reference, stream)
    const [content] = payload.content ?? []
    return {
      readers: [...new Set([payload.iss, ...(payload.aud ?? [])])],
      ...(content && { content: shownContent(content) }),
      ...(reference !== undefined && { reference }),
    }
  }

  /** A correction of what founded it replaces its content, and may tell of another matter. */
  function corrected({ stream, payload, leaf, before, after }: ExchangeChange, shown: ShownExchange): ShownExchange {
    const matter = matterId(after)
    if (matter !== undefined && before && matterId(before) !== matter) matters.add(matter, leaf, stream)
    if (payload.kind !== 'statement.correct') return shown
    const { kind } = (payload as PayloadOf<'statement.correct'>).body
    const [content] = payload.content ?? []
    const founds = kind === 'request.submit' || kind === 'disclosure.make'
    return founds && content ? { ...shown, content: shownContent(content) } : shown
  }

  /** A matter is one for a meeting from the decision on, until its last question is closed. */
  function takeMeeting({ stream, payload, before, after }: ExchangeChange) {
    if (!('asker' in after)) return
    if (payload.kind === 'request.decide-referral') {
      const { decisions } = (payload as PayloadOf<'request.decide-referral'>).body
      const { mechanism, asker, addressee } = after
      if (decisions.some(({ outcome }) => outcome === 'to-meeting')) {
        const { changes } = toMeeting.run(mechanism, asker, addressee, stream)
        if (changes > 0) countMatter.run(mechanism, asker, addressee, 1)
      }
    }
    const wasOpen = before && 'asker' in before && isOpenRequest(before)
    if (wasOpen && !isOpenRequest(after)) {
      const { changes } = notToMeeting.run(after.mechanism, after.asker, stream)
      if (changes > 0) countMatter.run(after.mechanism, after.asker, after.addressee, -1)
    }
  }

  function shelve(change: ExchangeChange, readers: readonly string[]) {
    const { before, after, shown, stream } = change
    const placed = placeOf(after, stream)
    const old = before && placeOf(before, stream)
    if (old?.open === placed.open && readers === shown?.readers) return
    const now = new Map(shelvesOf(after, readers).map((shelf) => [shelf.reader, shelf]))
    const then = new Map(before && shown ? shelvesOf(before, shown.readers).map((shelf) => [shelf.reader, shelf]) : [])
    for (const [reader, shelf] of then) {
      if (old && (old.open !== placed.open || !now.has(reader))) shelves.remove(shelf, old)
    }
    for (const [reader, shelf] of now) {
      if (old?.open !== placed.open || !then.has(reader)) shelves.put(shelf, placed)
    }
  }

  return {
    take(change) {
      const { stream, payload, leaf, before, after, shown } = change
      outstanding.take(stream, leaf, before, after)
      const base = shown ? corrected(change, shown) : begin(change)
      const audience = new Set([payload.iss, ...(payload.aud ?? [])])
      const readers = base.readers.every((reader) => audience.has(reader))
        ? base.readers
        : base.readers.filter((reader) => audience.has(reader))
      shelve(change, readers)
      takeMeeting(change)
      const lastSaid = lastSaidAfter(base.lastSaid, payload, after)
      return { ...base, readers, ...(lastSaid && { lastSaid }) }
    },
    flush() {
      for (const written of [matters, references, shelves, submissions]) written.flush()
    },
  }
}

/** Where a thing is listed: with its sides, with everyone else who sees the whole of it, with its mediators. */
function shelvesOf(thing: ExchangeThing, readers: readonly string[]): readonly Shelf[] {
  const { mechanism } = thing
  const { author, addressees } = sidesOf(thing)
  const sides = new Map<string, Side>(readers.map((reader) => [reader, 'other']))
  for (const addressee of addressees) sides.set(addressee, 'addressee')
  sides.set(author, 'author')
  return [...[...sides].map(([reader, side]) => ({ reader, side, mechanism })), mediatorsShelf(mechanism)]
}

function placeOf(thing: ExchangeThing, stream: number): Shelved {
  if ('asker' in thing) {
    return { prefix: 'request', open: isOpenRequest(thing), leaf: thing.submitted.leaf, stream }
  }
  const open = thing.owed.length > 0
  return { prefix: 'disclosure', open, leaf: thing.made.leaf, stream }
}

function matterId({ matter }: ExchangeThing): string | undefined {
  if (matter.type === 'case') return matter.case
  return matter.type === 'burial-place' ? matter.site : undefined
}

function lastSaidAfter(
  before: ShownExchange['lastSaid'],
  payload: PayloadOf,
  after: ExchangeThing,
): ShownExchange['lastSaid'] {
  const said = new Map<Question, LastSaid>()
  const spoken =
    payload.kind === 'statement.correct' ? (payload as PayloadOf<'statement.correct'>).body : (payload as Spoken)
  if (spoken.kind === 'request.reply') {
    for (const { question, disposition } of spoken.body.answers) said.set(question, { disposition })
  } else if (spoken.kind === 'request.assess') {
    for (const { question, assessment } of spoken.body.assessments) {
      said.set(question, { ...before?.[question], assessment })
    }
  }
  const now = said.size === 0 ? before : { ...before, ...Object.fromEntries(said) }
  return payload.kind.startsWith('statement.') && now ? withoutRetracted(now, after) : now
}

type Spoken = PayloadOf<'request.reply' | 'request.assess'>

/** What was said, without the answers and assessments that their authors have taken back. */
function withoutRetracted(
  said: NonNullable<ShownExchange['lastSaid']>,
  thing: ExchangeThing,
): ShownExchange['lastSaid'] {
  if (!('asker' in thing)) return said
  const { 'request.assess': assess } = thing.latest
  const left = thing.questions.flatMap(({ question, answered }) => {
    const { disposition, assessment } = said[question] ?? {}
    const takenBack =
      assess?.retractedAt !== undefined && assess.body.assessments.some((one) => one.question === question)
    const last = {
      ...(disposition && (answered || disposition === 'interim') && { disposition }),
      ...(assessment && answered && !takenBack && { assessment }),
    }
    return Object.keys(last).length > 0 ? [[question, last] as const] : []
  })
  return Object.fromEntries(left)
}
