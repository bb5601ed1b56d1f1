import { dutyKinds, lastDateAsked } from '@tidings/exchange'
import { partyId, questions, remindable, thingId } from '@tidings/statement'
import { z } from 'zod'

const whole = (most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().max(most))

/** The number of a leaf in a query. */
const leafNumber = whole(Number.MAX_SAFE_INTEGER)

/** The leaf that was looked at last in a query or header; -1 before all. */
export const leafOrNone = z
  .string()
  .regex(/^(-1|\d{1,15})$/, 'must be a leaf, or -1')
  .transform(Number)

/** Query of every reading. */
export const anyQuery = z.strictObject({
  after: leafNumber
    .exactOptional()
    .meta({ description: 'Waits, up to ten seconds, until the views know this leaf: the one of your own receipt' }),
})

/** Query of every list. */
export const pageQuery = anyQuery.extend({
  limit: whole(1000).pipe(z.int().min(1)).default(50).meta({ description: 'Most items of a page' }),
  cursor: z.string().max(100).exactOptional().meta({ description: 'The `next` of the page before' }),
})

const mechanism = thingId.exactOptional().meta({ description: 'Only in this mechanism' })
const direction = z
  .enum(['owed-by', 'owed-to'])
  .exactOptional()
  .meta({ description: 'Owed by the party, or to it; both unless told' })

const thingsQuery = pageQuery.extend({
  mechanism,
  open: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .exactOptional()
    .meta({ description: 'Only what is open, or only what is not' }),
  matter: thingId.exactOptional().meta({ description: 'Id of the case or burial place that it is about' }),
})

/** The form of a reference. */
export const referenceForm = /^[A-Z]{1,4}-[A-Z]{1,4}-\d{4}-\d{5,}$/
const reference = z.string().max(60).regex(referenceForm, 'must be a reference, such as A-B-2026-00123')

const side = <A extends 'asker' | 'author'>(author: A) =>
  z.enum([author, 'addressee']).exactOptional().meta({ description: 'The side of the reader' })

/** Query of the list of requests. */
export const requestsQuery = thingsQuery.extend({
  side: side('asker'),
  reference: reference.exactOptional().meta({ description: 'Codes are a mechanism’s own: there may be one in each' }),
})

/** Query of the list of disclosures. */
export const disclosuresQuery = thingsQuery.extend({ side: side('author') })

/** Query of what is outstanding. */
export const outstandingQuery = pageQuery.extend({
  direction,
  kind: z.enum(dutyKinds).exactOptional(),
  question: z.enum(questions).exactOptional(),
  towards: partyId.exactOptional().meta({ description: 'The other party' }),
  mechanism,
})

/** Query of due dates. */
export const deadlinesQuery = anyQuery.extend({ direction, mechanism })

const upTo = `${lastDateAsked} at the latest`
/** Bounded, so that what may come out of it has a date too. */
const date = z.iso.date('must be a date, YYYY-MM-DD').refine((text) => text <= lastDateAsked, `must be ${upTo}`)

/** Query of the reminders that are due. */
export const remindersQuery = pageQuery.extend({
  on: date
    .exactOptional()
    .meta({ description: `The day on which it is asked, YYYY-MM-DD, ${upTo}; today unless told` }),
  mechanism,
  kind: z.enum(remindable).exactOptional(),
  question: z.enum(questions).exactOptional(),
})

/** Query of a duty. */
export const dutyQuery = anyQuery.extend({
  atLeaf: leafNumber.exactOptional().meta({ description: 'What was known: everything up to this leaf' }),
  on: date.exactOptional().meta({ description: `The day on which it is seen, YYYY-MM-DD, ${upTo}` }),
})

/** Query of a calculation. */
export const calculationQuery = anyQuery.extend({
  assume: z.enum(['clarification', 'extension', 'suspension', 'continuation']).meta({
    description:
      'Clarification is asked for; an extension is asked for and granted; the mechanism is suspended; whatever stands still goes on',
  }),
  from: date
    .exactOptional()
    .meta({ description: `The day on which that happens, YYYY-MM-DD, ${upTo}; today unless told` }),
  until: date.exactOptional().meta({
    description: `The day on which clarification is given, or the mechanism resumed, YYYY-MM-DD, ${upTo}; the same day unless told`,
  }),
  n: leafNumber
    .pipe(z.int().min(1).max(1000))
    .exactOptional()
    .meta({ description: "Length of the extension, in the unit of the duty's period" }),
})

/** Query of the stream of changes. */
export const changesQuery = z.strictObject({
  after: leafOrNone.exactOptional().meta({ description: 'The leaf that was looked at last; -1 for the beginning' }),
})

/** Id or reference of a request. */
export const requestName = z
  .union([thingId, reference], 'must be a UUIDv7 in lower case, or a reference such as A-B-2026-00123')
  .meta({ description: 'Id or reference of the request, such as A-B-2026-00123' })

const dutyParts = z.tuple([thingId, z.string().regex(/^(0|[1-9]\d{0,8})$/)])
const dutyForm = 'must be the id of what the duty is about, a dot, and its number there'

/** Id of a duty. */
export const dutyId = z
  .string()
  .max(60, dutyForm)
  .transform((text, { addIssue }) => {
    const parts = dutyParts.safeParse(text.split('.'))
    if (parts.success) return parts.data
    addIssue(dutyForm)
    return z.NEVER
  })
  .meta({ description: 'What the duty is about, a dot, and its number there' })
