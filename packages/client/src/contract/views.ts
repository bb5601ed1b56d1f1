import { clockStates, dutyKinds, noDateReasons, stepCodes, voidReasons } from '@tidings/exchange'
import {
  assessments,
  delegatedKeyRoles,
  digest,
  dispositions,
  keyId,
  ownKeyRoles,
  partyId,
  partyRoles,
  questions,
  rules,
  statementId,
  thingId,
} from '@tidings/statement'
import { z } from 'zod'

/** A leaf of the log. */
export const leaf = z.int().min(0)
/** The time of a leaf. */
export const instant = z.iso
  .datetime()
  .meta({ description: 'Cosigned time of the first checkpoint that covers the leaf' })

/** Where a statement stands: its identity, its leaf, and the cosigned time of the first checkpoint that covers it. */
export const place = z.object({ statement: statementId, leaf, time: instant }).meta({ id: 'Place' })
/** Where a statement stands. */
export type Place = z.infer<typeof place>

/** Verdict of the fold. */
export const verdict = z
  .discriminatedUnion('verdict', [
    z.object({
      verdict: z.literal('effective'),
      since: leaf.exactOptional().meta({ description: 'Leaf of its release, for a draft' }),
    }),
    z.object({ verdict: z.literal('held') }),
    z.object({
      verdict: z.literal('void'),
      reason: z.enum(voidReasons),
      leaf: leaf.exactOptional(),
      question: z.enum(questions).exactOptional(),
    }),
  ])
  .meta({ id: 'Verdict' })

/** A page of a list: `next` is there while more follows. `asOf` is how many leaves the views know. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().exactOptional(), asOf: leaf })
}

/** A duty as the desk shows it. */
export const duty = z
  .object({
    id: z.string().meta({ description: 'The thing it is about, a dot, and its number there' }),
    owner: partyId,
    towards: partyId,
    kind: z.enum(dutyKinds),
    mechanism: thingId,
    about: thingId,
    stream: z.enum(['request', 'disclosure', 'mechanism']),
    reference: z.string().exactOptional(),
    question: z.enum(questions).exactOptional(),
    openedAt: leaf,
    openedBy: statementId,
    openedOn: instant,
    re: statementId
      .exactOptional()
      .meta({ description: 'The statement that is to be answered: clarified, decided, accepted' }),
    reviewDate: z.iso.date().exactOptional(),
    dischargedAt: leaf.exactOptional(),
    dischargedBy: statementId.exactOptional(),
    dischargedOn: instant.exactOptional(),
  })
  .meta({ id: 'Duty' })
/** A duty as the desk shows it. */
export type DutyView = z.infer<typeof duty>

const date = z.iso.date()

/** Where a duty stands in time. Worked out when it is shown, from the record and the agreed rules: never stored. */
const standing = {
  state: z.enum(clockStates),
  due: date.exactOptional().meta({ description: 'None while it cannot be known: paused, or for the reason in noDate' }),
  noDate: z.enum(noDateReasons).exactOptional().meta({ description: 'Why there is no date' }),
  daysLeft: z.int().min(0).exactOptional().meta({ description: 'Calendar days to the due date; 0 on that day' }),
  daysBeyond: z
    .int()
    .min(1)
    .exactOptional()
    .meta({ description: 'Calendar days from the due date on, or to the day on which it was met' }),
} as const

/** A duty with where it stands in time today. */
export const dutyInTime = duty.extend(standing).meta({ id: 'DutyInTime' })
/** A duty with where it stands in time today. */
export type DutyInTime = z.infer<typeof dutyInTime>

/** A duty of which a reminder is due: which of the three, since when, and what follows the third by the rules. */
export const reminderView = dutyInTime
  .extend({
    rulesVersion: z.int().meta({ description: 'Version of the rules under which the duty opened' }),
    reminder: z.object({
      number: z.int().min(1).max(3),
      since: date.meta({ description: 'The day since which it is due' }),
      every: z.int().min(1).meta({ description: 'Days from the due date to the first, and from each to the next' }),
      afterThird: z.enum(['nothing', 'refer']),
    }),
  })
  .meta({ id: 'Reminder' })
/** A duty of which a reminder is due. */
export type ReminderView = z.infer<typeof reminderView>

/** A step of the explanation of a date: a closed code, what it rests on, and the same in words. */
export const clockStep = z
  .object({
    step: z.enum(stepCodes),
    from: date.exactOptional(),
    to: date.exactOptional(),
    days: z.int(),
    because: z.object({
      leaf: leaf.exactOptional(),
      until: leaf.exactOptional(),
      statement: statementId.exactOptional(),
      parties: z.array(partyId).exactOptional(),
      version: z.int().exactOptional(),
      year: z.int().exactOptional(),
      cutoff: z.string().exactOptional(),
      n: z.int().exactOptional(),
      unit: z.enum(['working-days', 'calendar-days', 'months']).exactOptional(),
    }),
    text: z.string().meta({ description: 'One sentence in English; parties by their codes' }),
  })
  .meta({ id: 'ClockStep' })

/** A duty's clock, and why it shows what it shows. Dates are days of the agreed zone. */
export const clockView = z
  .object({
    ...standing,
    dayZero: date.exactOptional().meta({ description: 'The day that is not counted' }),
    atLeaf: leaf.meta({ description: 'What was known: everything up to this leaf' }),
    on: date.exactOptional().meta({ description: 'The day on which it is seen; none where no rules agree a zone' }),
    rulesVersion: z.int().exactOptional().meta({ description: 'Version of the rules under which the duty opened' }),
    steps: z.array(clockStep),
  })
  .meta({ id: 'Clock' })
/** A duty's clock. */
export type ClockView = z.infer<typeof clockView>

/** A duty with its clock: as both were known at a leaf. */
export const dutyDetail = duty.extend({ clock: clockView, asOf: leaf }).meta({ id: 'DutyDetail' })
/** A duty with its clock. */
export type DutyDetail = z.infer<typeof dutyDetail>

/** What would become of a duty's dates. Steps that name leaves beyond `atLeaf` rest on what is assumed. */
export const calculationView = z
  .object({
    now: clockView,
    would: clockView,
    movedBy: z.int().exactOptional().meta({ description: 'Calendar days by which the due date would have moved' }),
  })
  .meta({ id: 'Calculation' })
/** What would become of a duty's dates. */
export type CalculationView = z.infer<typeof calculationView>

/** How many of each. */
function counts<K extends string>(keys: readonly K[]) {
  return z.object(Object.fromEntries(keys.map((key) => [key, z.int().min(0)])) as Record<K, z.ZodInt>)
}

const totals = z.object({
  duties: counts(dutyKinds).meta({ description: 'Open duties by kind' }),
  questions: counts(questions).meta({ description: 'Open questions by question' }),
})

/** What is outstanding for a party: both counts, owed by it beside owed to it. */
export const outstanding = pageOf(dutyInTime)
  .extend({
    party: partyId,
    totals: z.object({ owedBy: totals, owedTo: totals }),
  })
  .meta({ id: 'Outstanding' })
/** What is outstanding for a party. */
export type Outstanding = z.infer<typeof outstanding>

/** A question of a request as both sides see it: what the answerer stated last, what the asker stated of it. */
export const questionView = z
  .object({
    question: z.enum(questions),
    open: z.boolean(),
    disposition: z.enum(dispositions).exactOptional(),
    assessment: z.enum(assessments).exactOptional(),
    closed: z.enum(['accepted', 'withdrawn', 'decided']).exactOptional(),
  })
  .meta({ id: 'QuestionView' })

/** A content that a statement names. */
export const contentView = z
  .object({ commitment: digest, subject: thingId, mediaType: z.string(), bucket: z.int() })
  .meta({ id: 'ContentView' })

/** A request in a list. */
export const requestView = z
  .object({
    id: thingId,
    reference: z.string(),
    mechanism: thingId,
    asker: partyId,
    addressee: partyId,
    matter: z.object({ type: z.string() }).loose(),
    questions: z.array(questionView),
    submitted: place,
    content: contentView,
    returned: place.exactOptional().meta({ description: 'The return as incomplete that stands' }),
    withdrawn: z.boolean(),
    openDuties: z.int().min(0),
  })
  .meta({ id: 'Request' })
/** A request in a list. */
export type RequestView = z.infer<typeof requestView>

/** A request with its duties. */
export const requestDetail = requestView.extend({ duties: z.array(dutyInTime) }).meta({ id: 'RequestDetail' })
/** A request with its duties. */
export type RequestDetail = z.infer<typeof requestDetail>

/** One statement in a timeline, and what followed from it. */
export const timelineEntry = z
  .object({
    statement: statementId,
    leaf,
    time: instant,
    kind: z.string(),
    iss: partyId,
    verdict,
    answers: z
      .array(z.object({ question: z.enum(questions), disposition: z.enum(dispositions) }).loose())
      .exactOptional(),
    assessments: z.array(z.object({ question: z.enum(questions), assessment: z.enum(assessments) })).exactOptional(),
    body: z.looseObject({}).exactOptional().meta({ description: 'What any other kind says: codes, numbers and dates' }),
    content: z.array(contentView).exactOptional(),
    opened: z.array(duty),
    discharged: z.array(duty),
  })
  .meta({ id: 'TimelineEntry' })

/** The timeline of a request or disclosure, oldest first. */
export const timeline = z
  .object({ id: thingId, reference: z.string().exactOptional(), entries: z.array(timelineEntry), asOf: leaf })
  .meta({ id: 'Timeline' })
/** The timeline of a request or disclosure. */
export type Timeline = z.infer<typeof timeline>

/** A disclosure. */
export const disclosureView = z
  .object({
    id: thingId,
    mechanism: thingId,
    author: partyId,
    addressees: z.array(partyId),
    matter: z.object({ type: z.string() }).loose(),
    made: place,
    content: contentView,
    openDuties: z.int().min(0),
  })
  .meta({ id: 'Disclosure' })
/** A disclosure. */
export type DisclosureView = z.infer<typeof disclosureView>

/** An entry of a party's own register (a case, a burial place) or a list: what stands. */
export const registerView = z
  .object({
    id: thingId,
    party: partyId,
    versions: z.int().min(1),
    latest: place,
    content: contentView,
    document: z.unknown().exactOptional(),
  })
  .meta({ id: 'RegisterEntry' })
/** An entry of a party's own register, or a list. */
export type RegisterView = z.infer<typeof registerView>

/** A party: its keys through time and its own description. */
export const partyView = z
  .object({
    id: partyId,
    keys: z.array(
      z.object({
        kid: keyId,
        role: z.enum([...ownKeyRoles, ...delegatedKeyRoles]),
        label: z.string().exactOptional(),
        jwk: z.record(z.string(), z.string()),
        since: leaf,
        until: z.object({ leaf, how: z.enum(['revoked', 'ended']) }).exactOptional(),
      }),
    ),
    description: z.unknown().exactOptional(),
    mechanisms: z.array(thingId).meta({ description: 'Mechanisms that the reader shares with it' }),
    asOf: leaf,
  })
  .meta({ id: 'Party' })
/** A party. */
export type PartyView = z.infer<typeof partyView>

const participant = z.object({ party: partyId, role: z.enum(partyRoles), code: z.string() })

const accepted = z.array(z.object({ party: partyId, leaf }))

const standstill = z.object({ place, by: partyId, until: leaf.exactOptional() }).meta({ id: 'Standstill' })

/** A version of the rules: what was proposed, who has accepted it, since when it is in force. */
export const rulesVersionView = z
  .object({
    version: z.int().min(1),
    place,
    by: partyId,
    accepted,
    waitsFor: z.array(partyId),
    inForceSince: leaf.exactOptional(),
    lapsedAt: leaf.exactOptional(),
    rules: rules.schema.meta({ description: 'The public document, as it was proposed' }),
  })
  .meta({ id: 'RulesVersion' })
/** A version of the rules. */
export type RulesVersionView = z.infer<typeof rulesVersionView>

/** A mechanism: who takes part, its proposals and rules through time, and when it stood still. */
export const mechanismView = z
  .object({
    id: thingId,
    inForce: z.boolean(),
    participants: z.array(participant),
    proposals: z.array(
      z.object({
        place,
        by: partyId,
        participants: z.array(participant),
        accepted,
        waitsFor: z.array(partyId),
        inForceSince: leaf.exactOptional(),
        lapsedAt: leaf.exactOptional(),
        terms: z.unknown().exactOptional(),
      }),
    ),
    rules: z.array(rulesVersionView).meta({ description: 'Versions in order of their proposals' }),
    suspensions: z.array(standstill).meta({ description: 'The mechanism stands still while any has no end' }),
    absences: z.array(standstill).meta({ description: 'Parties that have left, until they rejoin' }),
    toMeeting: z.array(z.object({ party: partyId, matters: z.int().min(1) })).meta({
      description:
        'Requests of each asker with a question that was decided to go to a meeting, while one of their questions is open: to a mediator all of them, to others those on whose sides they are',
    }),
    asOf: leaf,
  })
  .meta({ id: 'Mechanism' })
/** A mechanism. */
export type MechanismView = z.infer<typeof mechanismView>

/** A statement as it stands: its bytes, its verdict, its time. */
export const statementView = z
  .object({
    id: statementId,
    leaf,
    time: instant,
    stream: z.string(),
    verdict,
    statement: z.string().meta({ description: 'The JWS' }),
    document: z.string().exactOptional().meta({ description: 'The public document, base64url' }),
  })
  .meta({ id: 'StatementView' })
/** A statement as it stands. */
export type StatementView = z.infer<typeof statementView>

/** A content with its opening, for those entitled. */
export const contentOpening = z
  .object({
    statement: statementId,
    commitment: digest,
    subject: thingId,
    mediaType: z.string(),
    salt: digest,
    data: z.string().meta({ description: 'base64url' }),
  })
  .meta({ id: 'ContentOpening' })
/** A content with its opening. */
export type ContentOpeningView = z.infer<typeof contentOpening>
