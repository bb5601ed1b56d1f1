import type { Participant } from '@tidings/exchange'
import {
  type Kind,
  newThingId,
  note,
  type PayloadOf,
  type Question,
  type ReplyFile,
  type RequestFile,
  replyFile,
  requestFile,
} from '@tidings/statement'
import type { MechanismView } from '../contract/index.ts'
import { jsonContent, type Unsigned, audienceOf as usualAudience } from './unsigned.ts'

/** A request as the desk shows it: what is said in its stream needs these members. */
export interface RequestKnown {
  readonly id: string
  readonly mechanism: string
  readonly asker: string
  readonly addressee: string
  readonly submitted: { readonly statement: string }
  /** Subject of its content; answers to it are erased with it. */
  readonly content: { readonly subject: string }
}

/** Who takes part in the mechanism: the audience follows from it. `decidesReferrals` marks the party that the rules in force name. */
type Participants = readonly (Pick<Participant, 'party' | 'role'> & { readonly decidesReferrals?: boolean })[]

/**
 * Who may see a statement about a request besides its author: as of any statement; and whoever decides referrals, from the first statement on, since nobody decides on what was kept
 * from it.
 */
function audienceOf(participants: Participants, author: string, ...others: readonly string[]): string[] {
  const deciders = participants.flatMap(({ party, decidesReferrals }) => (decidesReferrals ? party : []))
  return usualAudience(participants, author, ...others, ...deciders)
}

/** Who takes part in a mechanism by a view of it, with the one whom the rules in force name to decide referrals. */
export function participantsIn({
  participants,
  rules,
}: Pick<MechanismView, 'participants' | 'rules'>): MechanismView['participants'] & Participants {
  const inForce = rules.findLast(({ inForceSince }) => inForceSince !== undefined)
  const decides = inForce?.rules.referral?.decides
  return participants.map((one) => (one.party === decides ? { ...one, decidesReferrals: true } : one))
}

/** Asks one addressee. The request carries its own copy of what it tells. */
export function submit(request: {
  readonly id?: string
  readonly mechanism: string
  readonly participants: Participants
  readonly asker: string
  readonly addressee: string
  readonly matter: PayloadOf<'request.submit'>['body']['matter']
  readonly questions: readonly Question[]
  readonly file: RequestFile
}): Unsigned<'request.submit'> {
  const { matter } = request
  const about = request.id ?? newThingId()
  const subject = 'case' in matter ? matter.case : 'site' in matter && matter.site !== undefined ? matter.site : about
  return {
    kind: 'request.submit',
    about,
    mechanism: request.mechanism,
    to: [request.addressee],
    aud: audienceOf(request.participants, request.asker, request.addressee),
    body: { matter, questions: [...request.questions] },
    contents: [jsonContent(subject, requestFile.mediaType, request.file)],
  }
}

/** The addressee has received the request. */
export function acknowledge(
  request: Omit<RequestKnown, 'content'>,
  participants: Participants,
): Unsigned<'request.acknowledge'> {
  return {
    kind: 'request.acknowledge',
    about: request.id,
    mechanism: request.mechanism,
    aud: audienceOf(participants, request.addressee, request.asker),
    re: [request.submitted.statement],
    body: {},
  }
}

/** The addressee's answer, one disposition per question. What was found, searched or why not travels as content. */
export function reply(
  request: RequestKnown,
  participants: Participants,
  answers: PayloadOf<'request.reply'>['body']['answers'],
  file?: ReplyFile,
): Unsigned<'request.reply'> {
  return {
    kind: 'request.reply',
    about: request.id,
    mechanism: request.mechanism,
    to: [request.asker],
    aud: audienceOf(participants, request.addressee, request.asker),
    re: [request.submitted.statement],
    body: { answers },
    ...(file && { contents: [jsonContent(request.content.subject, replyFile.mediaType, file)] }),
  }
}

/**
 * What the asker states of an answer, per question.
 *
 * @param replies the statements that it assesses
 */
export function assess(
  request: RequestKnown,
  participants: Participants,
  replies: readonly string[],
  assessments: PayloadOf<'request.assess'>['body']['assessments'],
  text?: string,
): Unsigned<'request.assess'> {
  return {
    kind: 'request.assess',
    about: request.id,
    mechanism: request.mechanism,
    aud: audienceOf(participants, request.asker, request.addressee),
    re: replies,
    body: { assessments },
    ...(text !== undefined && { contents: [jsonContent(request.content.subject, note.mediaType, { text })] }),
  }
}

/** The asker takes the request back. */
export function withdraw(
  request: Omit<RequestKnown, 'content'>,
  participants: Participants,
): Unsigned<'request.withdraw'> {
  return {
    kind: 'request.withdraw',
    about: request.id,
    mechanism: request.mechanism,
    aud: audienceOf(participants, request.asker, request.addressee),
    re: [request.submitted.statement],
    body: {},
  }
}

/** What is said in a request after it was submitted: of which request, by whom. */
export interface Within {
  readonly request: RequestKnown
  readonly participants: Participants
  /** The party that states it. */
  readonly by: string
  /** In words, beside the codes: travels as content. */
  readonly text?: string
}

function within<K extends Kind>(
  kind: K,
  { request, participants, by, text }: Within,
  re: readonly string[],
  body: PayloadOf<K>['body'],
): Unsigned<K> {
  return {
    kind,
    about: request.id,
    mechanism: request.mechanism,
    aud: audienceOf(participants, by, request.asker, request.addressee),
    re,
    body,
    ...(text !== undefined && { contents: [jsonContent(request.content.subject, note.mediaType, { text })] }),
  }
}

/** The request is incomplete: by the mediator, or by the addressee where there is none. */
export function returnAsIncomplete(
  said: Within,
  missing: PayloadOf<'request.return'>['body']['missing'],
): Unsigned<'request.return'> {
  return within('request.return', said, [said.request.submitted.statement], { missing })
}

/** The addressee asks back about questions that it owes a reply to: their clock pauses. */
export function askClarification(
  said: Within,
  body: PayloadOf<'request.ask-clarification'>['body'],
): Unsigned<'request.ask-clarification'> {
  return within('request.ask-clarification', said, [said.request.submitted.statement], body)
}

/** The asker answers a question back, or completes what was returned. What it clarifies travels as content: a text, or the request told anew. */
export function clarify(said: Within, asked: string, file?: RequestFile): Unsigned<'request.clarify'> {
  const unsigned = within('request.clarify', said, [asked], {})
  if (!file) return unsigned
  const told = jsonContent(said.request.content.subject, requestFile.mediaType, file)
  return { ...unsigned, contents: [told, ...(unsigned.contents ?? [])] }
}

/** The addressee asks for `n` more of the unit of the period of its replies. */
export function askExtension(
  said: Within,
  body: PayloadOf<'request.ask-extension'>['body'],
): Unsigned<'request.ask-extension'> {
  return within('request.ask-extension', said, [said.request.submitted.statement], body)
}

/** Whoever owes it grants or refuses an extension, by the id of the statement that asked for it. */
export function decideExtension(
  said: Within,
  asked: string,
  decision: PayloadOf<'request.decide-extension'>['body']['decision'],
): Unsigned<'request.decide-extension'> {
  return within('request.decide-extension', said, [asked], { decision })
}

/** The asker brings questions before whoever decides referrals, or the return that stands, by the id of its statement. */
export function refer(
  said: Within,
  body: PayloadOf<'request.refer'>['body'],
  returned?: string,
): Unsigned<'request.refer'> {
  return within('request.refer', said, [returned ?? said.request.submitted.statement], body)
}

/** Whoever decides referrals decides, by the ids of the statements that opened them. */
export function decideReferral(
  said: Within,
  referrals: readonly string[],
  decisions: PayloadOf<'request.decide-referral'>['body']['decisions'],
): Unsigned<'request.decide-referral'> {
  return within('request.decide-referral', said, [...new Set(referrals)], { decisions })
}

/** The party to which duties are owed, or the mediator, reminds of them. It touches no clock. */
export function remind(said: Within, body: PayloadOf<'request.remind'>['body']): Unsigned<'request.remind'> {
  return within('request.remind', said, [said.request.submitted.statement], body)
}

/** The asker opens questions again that it had closed. */
export function reopen(
  said: Within,
  questions: PayloadOf<'request.reopen'>['body']['questions'],
): Unsigned<'request.reopen'> {
  return within('request.reopen', said, [said.request.submitted.statement], { questions })
}
