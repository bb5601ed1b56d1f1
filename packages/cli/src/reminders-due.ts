import {
  draftReminders,
  type Planned,
  type ReminderDraft,
  type ReminderView,
  reminderLetter,
  requests,
} from '@tidings/client'
import type { LedgerEntry } from '@tidings/client/ledger'
import { submitAll, tellBulk } from './bulk.ts'
import type { Context } from './command.ts'
import { usageError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import type { Session } from './session.ts'

/** Which reminders are meant, as the interface names it. */
export interface RemindersMeant {
  /** The day on which they are due; today unless told. */
  readonly on?: string | undefined
  readonly kind?: string | undefined
  readonly question?: string | undefined
  readonly mechanism?: string | undefined
}

/** Under which statements of this kind are kept in the ledger. */
const batch = 'reminders'

/** The letter of a reminder, as this party writes it today or on a day. */
export async function letterOf(session: Session, draft: ReminderDraft, on?: string): Promise<string> {
  const mechanism = await session.mechanism(draft.mechanism)
  return reminderLetter(draft, { mechanism, by: session.party, on: on ?? today() })
}

function today(): string {
  return Temporal.Now.plainDateISO('UTC').toString()
}

/**
 * States every reminder that is due, or drafts it under a draft key: one statement for each request and kind of duty, which carries its letter. What this home has
 * drafted and nobody has released yet is not drafted again.
 */
export async function remindOfDue(context: Context, meant: RemindersMeant): Promise<number | undefined> {
  const session = await context.session()
  if (meant.on !== undefined && !(await session.isDrafting()))
    throw usageError('--on drafts ahead, under a draft key: whatever else is stated counts at once.')
  const { read } = session.connection
  const due = await Array.fromAsync(read.reminders({ ...meant }))
  const kept = await keptReminders(session, due)
  const drafts = draftReminders(due.filter((one) => !kept.waiting.has(keyOf(one))))

  function* planned(): Generator<Planned> {
    // Signed by an earlier run, and perhaps sent: the same again.
    for (const { key } of kept.unsent) yield { key, make: () => Promise.reject(new TypeError('internal error: kept')) }
    for (const draft of drafts) {
      const again = draft.duties.flatMap((one) => kept.void.get(keyOf(one)) ?? [])
      yield { key: [...draft.duties.map(keyOf), ...again].join(' '), make: () => reminding(session, draft, meant.on) }
    }
  }

  const result = await submitAll(context, session, {
    batch,
    planned: planned(),
    total: () => drafts.length + kept.unsent.length,
    what: 'reminders',
  })
  const code = tellBulk(context, 'reminders', result, { due: due.length, draftedBefore: kept.waiting.size })
  if (kept.waiting.size > 0) context.output.message('What was drafted before waits for its release.')
  if (result.held && result.recorded > 0) context.output.next('under a release or sign key: tidings release --all')
  return code ?? (result.recorded === 0 ? exitCodes.nothingToDo : undefined)
}

async function reminding(session: Session, draft: ReminderDraft, on: string | undefined) {
  const [request, mechanism, text] = await Promise.all([
    session.connection.read.request(draft.request),
    session.mechanism(draft.mechanism),
    letterOf(session, draft, on),
  ])
  const { kind: duty, questions } = draft
  const participants = requests.participantsIn(mechanism)
  return requests.remind({ request, participants, by: session.party, text }, { duty, ...(questions && { questions }) })
}

/** A reminder by its duty and number: what is stated once, however duties are put together in statements. */
function keyOf({ id, reminder }: ReminderView): string {
  return `${id}#${reminder.number}`
}

/** What this home has made of the reminders that are due. */
interface Kept {
  /** Drafts that wait for their release, by what they remind of. */
  readonly waiting: ReadonlySet<string>
  /** Statements that have no receipt yet. */
  readonly unsent: readonly LedgerEntry[]
  /** Statements that came to nothing, by what they would have reminded of. */
  readonly void: ReadonlyMap<string, string>
}

async function keptReminders({ ledger, connection }: Session, due: readonly ReminderView[]): Promise<Kept> {
  const open = new Set(due.map(keyOf))
  const waiting = new Set<string>()
  const ofVoid = new Map<string, string>()
  const unsent: LedgerEntry[] = []
  for (const entry of ledger.entries({ batch })) {
    const meant = entry.key.split(' ').filter((key) => open.has(key))
    if (entry.status === 'prepared') unsent.push(entry)
    if (entry.status === 'refused' || meant.length === 0) continue
    // What is effective is due no more; what is not told of yet is taken as waiting.
    const isVoid = entry.status === 'recorded' && (await connection.read.statement(entry.id)).verdict.verdict === 'void'
    for (const key of meant) {
      if (isVoid) ofVoid.set(key, entry.id)
      else waiting.add(key)
    }
  }
  return { waiting, unsent, void: new Map([...ofVoid].filter(([key]) => !waiting.has(key))) }
}
