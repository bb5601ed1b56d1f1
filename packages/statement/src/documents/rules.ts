import { z } from 'zod'
import { setOf } from '../define-kind.ts'
import { calendarDate, partyId } from '../identifiers.ts'
import { multilingualText } from '../multilingual-text.ts'
import { lastContactCategories, questions } from '../vocabularies.ts'

const count = (most: number) => z.int().min(1).max(most)

/** A period of the agreed rules: N working days, calendar days or months. */
const period = z
  .strictObject({ n: count(1000), unit: z.enum(['working-days', 'calendar-days', 'months']) })
  .meta({ id: 'period', description: 'A period: so many working days, calendar days or months' })

/** A party's calendar of one year: what is not a working day there, and what is although it would rest. */
const calendar = z
  .strictObject({
    party: partyId,
    year: z.int().min(1900).max(2200),
    /** Days of the week that rest, as ISO 8601 counts them: 1 is Monday, 7 Sunday. */
    restDays: setOf(z.int().min(1).max(7), 6).exactOptional(),
    nonWorking: z
      .array(z.strictObject({ date: calendarDate, name: multilingualText(200).exactOptional() }))
      .max(200)
      .exactOptional(),
    workingInstead: setOf(calendarDate, 60).exactOptional(),
  })
  .refine(
    ({ year, nonWorking = [], workingInstead = [] }) =>
      [...nonWorking.map(({ date }) => date), ...workingInstead].every((date) => date.startsWith(`${year}-`)),
    'must hold days of its year only',
  )
  .meta({ id: 'calendar', description: "A party's calendar of one year" })

const zone = z
  .string()
  .max(64)
  .refine((name) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: name })
      return true
    } catch {
      return false
    }
  }, 'must be a time zone of the IANA database, such as Asia/Tbilisi')

const release = z.enum(['one', 'two', 'sealed'])

/**
 * What the parties of a mechanism agreed about time and procedure. Whatever is left out has the default that its member names, or none: where no
 * period is agreed, no date is shown. Accepted by each party, versioned, never retroactive.
 */
export const rules = {
  mediaType: 'application/vnd.tidings.rules+json',
  schema: z
    .strictObject({
      version: z.int().min(1),
      title: multilingualText(200).exactOptional(),
      /** Zone in which days are days. */
      zone,
      /** A period for each kind of duty; a kind without one has no date. */
      periods: z.strictObject({
        acknowledge: period.exactOptional(),
        reply: period.exactOptional(),
        review: period.exactOptional(),
        clarify: period.exactOptional(),
        'decide-extension': period.exactOptional(),
        assess: period.exactOptional(),
        'decide-referral': period.exactOptional(),
        'accept-rules': period.exactOptional(),
      }),
      calendars: z.array(calendar).max(400).exactOptional(),
      count: z
        .strictObject({
          /** Whose non-working days count: the owner's of the duty [owner], or both sides'. */
          whose: z.enum(['owner', 'both']).exactOptional(),
          /** Whether a last day that does not count moves forward [true]. */
          roll: z.boolean().exactOptional(),
          /** Local time from which a statement counts as of the next day [24:00]. */
          cutoff: z
            .string()
            .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day, HH:MM')
            .exactOptional(),
        })
        .exactOptional(),
      suspension: z
        .strictObject({
          /** Roles that may suspend the mechanism [commission, mediator]. */
          by: setOf(z.enum(['commission', 'mediator']), 2).exactOptional(),
          /** What may be said meanwhile [request.withdraw, statement.correct, statement.retract]. */
          allows: setOf(z.string().regex(/^(request|disclosure|statement)\.[a-z-]+$/), 30).exactOptional(),
        })
        .exactOptional(),
      clarification: z
        .strictObject({
          effect: z.enum(['pause', 'restart']).exactOptional(),
          atMost: z.int().min(0).max(20).exactOptional(),
        })
        .exactOptional(),
      extension: z
        .strictObject({
          atMost: z.int().min(0).max(20).exactOptional(),
          /** Longest extension, in the unit of the duty's period. */
          longest: count(1000).exactOptional(),
          decides: z.enum(['asker', 'secretariat', 'nobody']).exactOptional(),
        })
        .exactOptional(),
      review: z
        .strictObject({ ceiling: period.exactOptional(), atMost: z.int().min(0).max(50).exactOptional() })
        .exactOptional(),
      referral: z
        .strictObject({
          /** Who decides referrals: the mediator unless a party is named. */
          decides: partyId.exactOptional(),
          mayClose: z.boolean().exactOptional(),
        })
        .exactOptional(),
      reminders: z
        .strictObject({
          /** Days past due after which each reminder is drafted [14]. */
          every: count(365).exactOptional(),
          // biome-ignore lint/suspicious/noThenProperty: the settled name of the parameter; a document is data that nobody awaits.
          then: z.enum(['nothing', 'refer']).exactOptional(),
        })
        .exactOptional(),
      /** Who must release what, by kind of statement [one]: one officer, two who differ, or the commission's own key. */
      release: z.record(z.string().regex(/^(request|disclosure)\.[a-z-]+$/), release).exactOptional(),
      /**
       * What a request should tell: advice to clients and secretariat, never a verdict. Fields are paths in what a request tells, such as
       * `lastContact.date` or `person.names.family`; an entry counts for its matter, and where it names them for its question and last contacts only.
       */
      minimum: z
        .array(
          z.strictObject({
            matter: z.enum(['case', 'burial-place', 'records', 'group']),
            question: z.enum(questions).exactOptional(),
            lastContact: setOf(z.enum(lastContactCategories), lastContactCategories.length).exactOptional(),
            fields: setOf(z.string().regex(/^[A-Za-z]+(\.[A-Za-z]+)*$/), 40),
          }),
        )
        .max(40)
        .exactOptional(),
      /** How many matters each side may bring to a meeting. */
      quotas: z
        .array(z.strictObject({ party: partyId, perMeeting: count(10_000) }))
        .max(40)
        .exactOptional(),
      /** Whether the central agency receives its copy of requests, replies and disclosures [true]. */
      agencyCopy: z.boolean().exactOptional(),
      /** Whether the mediator may read content [false]. */
      mediatorContent: z.boolean().exactOptional(),
      /** Who may see figures [parties]. */
      publication: z.enum(['parties', 'participants', 'public']).exactOptional(),
    })
    .meta({ id: 'rules', title: 'Agreed rules of a mechanism' }),
} as const

/** Agreed rules of a mechanism. */
export type Rules = z.infer<typeof rules.schema>
/** A period of the agreed rules. */
export type Period = z.infer<typeof period>
