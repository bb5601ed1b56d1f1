import type { Participant } from '@tidings/exchange'
import {
  newThingId,
  note,
  type PayloadOf,
  type Question,
  type ReplyFile,
  type RequestFile,
  replyFile,
  requestFile,
} from '@tidings/statement'
import { audienceOf, jsonContent, type Unsigned } from './unsigned.ts'

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

/** Who takes part in the mechanism: the audience follows from it. */
type Participants = readonly Pick<Participant, 'party' | 'role'>[]

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
