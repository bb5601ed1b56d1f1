import { dutyKinds, voidReasons } from '@tidings/exchange'
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
  statementId,
  thingId,
} from '@tidings/statement'
import { z } from 'zod'

const leaf = z.int().min(0)
const instant = z.iso.datetime().meta({ description: 'Cosigned time of the first checkpoint that covers the leaf' })

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
    stream: z.enum(['request', 'disclosure']),
    reference: z.string().exactOptional(),
    question: z.enum(questions).exactOptional(),
    openedAt: leaf,
    openedBy: statementId,
    openedOn: instant,
    reviewDate: z.iso.date().exactOptional(),
    dischargedAt: leaf.exactOptional(),
    dischargedBy: statementId.exactOptional(),
    dischargedOn: instant.exactOptional(),
  })
  .meta({ id: 'Duty' })
/** A duty as the desk shows it. */
export type DutyView = z.infer<typeof duty>

const counts = <T extends readonly [string, ...string[]]>(keys: T) => z.record(z.enum(keys), z.int().min(0))

const totals = z.object({
  duties: counts(dutyKinds).meta({ description: 'Open duties by kind' }),
  questions: counts(questions).meta({ description: 'Open questions by question' }),
})

/** What is outstanding for a party: both counts, owed by it beside owed to it. */
export const outstanding = pageOf(duty)
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
    withdrawn: z.boolean(),
    openDuties: z.int().min(0),
  })
  .meta({ id: 'Request' })
/** A request in a list. */
export type RequestView = z.infer<typeof requestView>

/** A request with its duties. */
export const requestDetail = requestView.extend({ duties: z.array(duty) }).meta({ id: 'RequestDetail' })
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

/** A mechanism: who takes part, and its proposals through time. */
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
        accepted: z.array(z.object({ party: partyId, leaf })),
        waitsFor: z.array(partyId),
        inForceSince: leaf.exactOptional(),
        lapsedAt: leaf.exactOptional(),
        terms: z.unknown().exactOptional(),
      }),
    ),
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
