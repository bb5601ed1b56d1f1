/** What a request can ask of its addressee. Fate, whereabouts and return of remains are three answers, not one. */
export const questions = ['fate', 'whereabouts', 'circumstances', 'remains', 'burial-place', 'documents'] as const
/** One of the questions of a request. */
export type Question = (typeof questions)[number]

/** What an answerer states of a question. What was found is content; no disposition tells a person's fate. */
export const dispositions = ['interim', 'given', 'given-in-part', 'none-found', 'not-now'] as const
/** What an answerer states of a question. */
export type Disposition = (typeof dispositions)[number]

/** What an asker states of an answer. */
export const assessments = ['accepted', 'accepted-with-reservation', 'insufficient', 'disputed'] as const
/** What an asker states of an answer. */
export type Assessment = (typeof assessments)[number]

/** Terms under which something is said (handling caveats). */
export const caveats = [
  'humanitarian-purpose-only',
  'without-prejudice',
  'no-onward-disclosure',
  'public-aggregate-only',
] as const

/** Roles of a party in a mechanism. */
export const partyRoles = ['commission', 'mediator', 'central-agency', 'observer'] as const
/** Role of a party in a mechanism. */
export type PartyRole = (typeof partyRoles)[number]

/** Roles of a party's own keys: `sign` speaks for it, `seal` only decrypts what is sealed to it, `recover` changes its `recover` keys. */
export const ownKeyRoles = ['sign', 'seal', 'recover'] as const
/** Roles of the keys under which officers act: `draft` (held until released), `release` (speaks, and releases drafts), `read` (signs nothing). */
export const delegatedKeyRoles = ['draft', 'release', 'read'] as const
/** Role of a key. */
export type KeyRole = (typeof ownKeyRoles)[number] | (typeof delegatedKeyRoles)[number]

/** Why a key is revoked. */
export const revocationReasons = ['compromised', 'lost', 'superseded', 'ceased'] as const

/** How a person was last in contact: what a request is grounded on. */
export const lastContactCategories = ['captured', 'remained-in-area', 'other', 'unknown'] as const
/** How a person was last in contact. */
export type LastContactCategory = (typeof lastContactCategories)[number]

/** What a request can lack, or what of it can be unclear. */
export const missingItems = [
  'identity',
  'last-contact',
  'date',
  'place',
  'circumstances',
  'number-of-persons',
  'grounds',
  'supporting-documents',
  'legibility',
] as const

/** Why more time is asked for. What stands behind it is content. */
export const extensionReasons = [
  'search-under-way',
  'field-work',
  'volume',
  'third-authority',
  'translation',
  'access',
  'force-majeure',
] as const
/** What is decided on more time. */
export const extensionDecisions = ['granted', 'refused'] as const

/** On what ground a question is referred. */
export const referralGrounds = [
  'no-reply',
  'answer-insufficient',
  'answer-disputed',
  'not-now',
  'returned',
  'clarification',
] as const
/** What is decided on a referral. */
export const referralOutcomes = [
  'reply-again',
  'review-by',
  'answer-stands',
  'to-meeting',
  'return-upheld',
  'return-not-upheld',
] as const
/** What is decided on a referral. */
export type ReferralOutcome = (typeof referralOutcomes)[number]

/** Duties of which a reminder can be sent. */
export const remindable = [
  'acknowledge',
  'reply',
  'review',
  'clarify',
  'decide-extension',
  'assess',
  'decide-referral',
] as const

/** Prefixes of streams. */
export const streamPrefixes = ['party', 'mechanism', 'case', 'list', 'site', 'request', 'disclosure'] as const
/** Prefix of a stream. */
export type StreamPrefix = (typeof streamPrefixes)[number]
