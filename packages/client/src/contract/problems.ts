import { type VoidReason, voidReasons } from '@tidings/exchange'
import { z } from 'zod'

/** A type of problem (RFC 9457): its HTTP status and its title. */
interface ProblemType {
  readonly status: number
  readonly title: string
}

/** Titles of the verdicts that intake gives as early advice; a statement that would be void is refused with the reason as its type. */
const voids: Readonly<Record<VoidReason, ProblemType>> = {
  repeated: { status: 409, title: 'This statement is recorded already' },
  'unknown-party': { status: 401, title: 'The issuer is not a party in this log' },
  'unknown-key': { status: 401, title: 'The key is not a key of the issuer' },
  'key-revoked': { status: 403, title: 'The key was revoked' },
  'key-ended': { status: 403, title: 'The key has ended' },
  'key-may-not-say-this': { status: 403, title: 'The role of the key does not cover this kind of statement' },
  'already-founded': { status: 409, title: 'This was started already' },
  'not-founded': { status: 409, title: 'There is nothing yet that this statement could follow' },
  'not-the-founder': { status: 403, title: 'Only the party that started it speaks in this stream' },
  'answers-another': { status: 409, title: 'The statement answers something that is not in this stream' },
  'mechanism-not-in-force': { status: 409, title: 'The mechanism is not in force' },
  'not-a-participant': { status: 403, title: 'The issuer does not take part in the mechanism' },
  'mechanism-suspended': { status: 409, title: 'The mechanism is suspended' },
  'not-a-commission': { status: 403, title: 'Only a commission states this' },
  'role-may-not-say-this': { status: 403, title: 'The role of the issuer in the mechanism does not cover this' },
  'other-mechanism': { status: 409, title: 'The statement names another mechanism than its stream' },
  'addresses-itself': { status: 409, title: 'A party does not address itself' },
  'addressee-not-a-commission': { status: 409, title: 'The addressee is not a commission of the mechanism' },
  'addressee-not-a-participant': { status: 409, title: 'An addressee does not take part in the mechanism' },
  'audience-not-in-mechanism': {
    status: 409,
    title: 'The audience names a party that does not take part in the mechanism',
  },
  'other-side-left-out': { status: 409, title: 'The audience leaves out the other side' },
  'agency-left-out': { status: 409, title: 'The audience leaves out the central agency' },
  'needs-recover-key': { status: 403, title: 'Only a recover key changes recover keys' },
  'not-the-committed-key': { status: 409, title: 'The new recover key is not the one that was committed to' },
  'unknown-target-key': { status: 409, title: 'The key that is to be ended is not a current key of the party' },
  'key-reused': { status: 409, title: 'The key has been a key of the party before' },
  'last-key': { status: 409, title: 'A party keeps a sign key and a recover key' },
  'not-named': { status: 403, title: 'The issuer is neither present in the mechanism nor named by the proposal' },
  'unknown-proposal': { status: 409, title: 'There is no such proposal in this mechanism' },
  'already-accepted': { status: 409, title: 'The issuer has accepted already' },
  lapsed: { status: 409, title: 'The proposal has lapsed: another came into force' },
  'not-the-next-version': { status: 409, title: 'The rules are not of the version that comes next' },
  'already-suspended': { status: 409, title: 'The issuer has suspended the mechanism already' },
  'unknown-suspension': { status: 409, title: 'There is no such suspension by the issuer' },
  'already-resumed': { status: 409, title: 'The suspension has ended already' },
  'not-the-asker': { status: 403, title: 'Only the asker states this' },
  'not-an-addressee': { status: 403, title: 'Only an addressee states this' },
  withdrawn: { status: 409, title: 'The request has been withdrawn' },
  'already-acknowledged': { status: 409, title: 'This has been acknowledged already' },
  'not-asked': { status: 409, title: 'The request does not ask this question' },
  'question-closed': { status: 409, title: 'The question is closed' },
  'already-answered': { status: 409, title: 'The question has been answered already' },
  'nothing-to-assess': { status: 409, title: 'There is no answer to assess' },
  returned: { status: 409, title: 'The request has been returned as incomplete' },
  'clarification-pending': { status: 409, title: 'A clarification has been asked for already' },
  'too-many-clarifications': { status: 409, title: 'No more clarifications may be asked for' },
  'nothing-to-clarify': { status: 409, title: 'There is nothing left to clarify' },
  'extension-pending': { status: 409, title: 'An extension has been asked for already' },
  'too-many-extensions': { status: 409, title: 'No more extensions may be granted' },
  'extension-too-long': { status: 409, title: 'The extension is longer than agreed' },
  'not-the-decider': { status: 403, title: 'The issuer is not the one to decide' },
  'nothing-to-decide': { status: 409, title: 'There is nothing left to decide' },
  'referral-pending': { status: 409, title: 'The question has been referred already' },
  'outcome-does-not-fit': { status: 409, title: 'The outcome does not fit what was referred' },
  'nothing-to-remind': { status: 409, title: 'Nothing is owed of which the issuer could remind' },
  'too-many-reminders': { status: 409, title: 'Three reminders have been sent' },
  'question-open': { status: 409, title: 'The question is open' },
  'not-the-latest': { status: 409, title: 'The statement is not the latest of its kind' },
  'not-the-author': { status: 403, title: 'A party corrects its own statements' },
  'content-only': { status: 409, title: 'Only the content of this statement can be corrected' },
  'not-retractable': { status: 409, title: 'A request is withdrawn, not retracted' },
  'already-met': { status: 409, title: 'What followed from the statement has been done already' },
  retracted: { status: 409, title: 'The statement has been retracted' },
  'no-such-draft': { status: 409, title: 'There is no such draft in this stream' },
  'already-released': { status: 409, title: 'The draft has been released already' },
  'not-own-draft': { status: 403, title: 'A party releases its own drafts' },
  'needs-release': { status: 409, title: 'The rules ask for a draft and its release' },
  'needs-seal': { status: 403, title: "The rules ask for a release under the party's own key" },
  'same-officer': { status: 403, title: 'The rules ask for two officers who differ' },
}

/** The one registry of problem types. A type's URI is `urn:tidings:problem:` and its name here. */
export const problemTypes = {
  ...voids,
  // the request
  'malformed-request': { status: 400, title: 'This is not a request in the form that is taken here' },
  method: { status: 405, title: 'The address does not take this method' },
  'request-timeout': { status: 408, title: 'The request did not come in time' },
  'target-too-long': { status: 414, title: 'The address of the request is too long' },
  expectation: { status: 417, title: 'The expectation is not met here' },
  'headers-too-large': { status: 431, title: 'The header of the request is too large' },
  'too-many-requests': { status: 429, title: 'There were too many of these in a short time' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  parameters: { status: 400, title: 'A parameter or member does not fit the interface' },
  'media-type': { status: 415, title: 'The media type is not taken here' },
  'too-large': { status: 413, title: 'Something is larger than allowed' },
  // the statement, in the order in which it is checked
  encoding: { status: 400, title: 'Something is not in its one canonical encoding' },
  header: { status: 400, title: 'The header is not exactly that of a statement' },
  'canonical-form': { status: 400, title: 'A JSON value is not in its canonical form' },
  schema: { status: 422, title: 'The payload does not fit its kind' },
  document: { status: 422, title: 'The public document does not fit the statement' },
  key: { status: 422, title: 'The key is not a valid key' },
  signature: { status: 401, title: 'The signature is not valid' },
  commitment: { status: 422, title: 'A content does not open its commitment' },
  content: { status: 422, title: 'A content does not fit its media type' },
  'seen-not-a-prefix': { status: 409, title: 'The checkpoint that the author has seen is not a prefix of this log' },
  // reading
  'token-missing': { status: 401, title: 'Reading needs an access token' },
  'token-invalid': { status: 401, title: 'The access token, or the proof of its key, is not valid' },
  'not-entitled': { status: 403, title: 'The reader is not entitled to this' },
  'not-found': { status: 404, title: 'There is nothing here that the reader may know of' },
  'too-many-open': { status: 429, title: 'The reader holds as many streams and waits open as it may' },
  'not-reached': { status: 503, title: 'The views have not reached the leaf that was asked for' },
  // the service
  busy: { status: 503, title: 'The service cannot take this now' },
  'read-only': { status: 403, title: 'This is a copy of the record, served for reading only' },
  'outcome-unknown': { status: 503, title: 'It is not known whether the statement was recorded: send the same again' },
  internal: { status: 500, title: 'Something failed in the service' },
} as const satisfies Record<string, ProblemType>

/** What `POST /v1/statements` may be refused with, beside what any request may. */
export const submissionProblems: readonly ProblemName[] = [
  ...voidReasons,
  'encoding',
  'header',
  'canonical-form',
  'schema',
  'document',
  'key',
  'signature',
  'commitment',
  'content',
  'seen-not-a-prefix',
  'read-only',
  'outcome-unknown',
]

/** Name of a type of problem. */
export type ProblemName = keyof typeof problemTypes

/** Prefix of the URI of every type of problem. */
export const problemPrefix = 'urn:tidings:problem:'

/** A problem as it is sent (RFC 9457), with the field and the rule, and the leaf that decided it. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().exactOptional(),
    instance: z.string().exactOptional().meta({ description: 'Id of the request, as it stands in the logs' }),
    field: z.string().exactOptional(),
    rule: z.string().exactOptional(),
    faults: z.array(z.object({ field: z.string(), rule: z.string() })).exactOptional(),
    reason: z.enum(voidReasons).exactOptional(),
    leaf: z.int().exactOptional().meta({ description: 'The leaf that decided it' }),
    question: z.string().exactOptional(),
    retryAfter: z.int().min(0).exactOptional().meta({
      description:
        'Seconds after which to send the same again; the value of `Retry-After`, also where there is no header',
    }),
  })
  .meta({ id: 'Problem' })
/** A problem as it is sent. */
export type Problem = z.infer<typeof problem>

/** Name of a problem's type, if it is one of the registry. */
export function problemName(value: Pick<Problem, 'type'>): ProblemName | undefined {
  const name = value.type.startsWith(problemPrefix) ? value.type.slice(problemPrefix.length) : ''
  return Object.hasOwn(problemTypes, name) ? (name as ProblemName) : undefined
}
