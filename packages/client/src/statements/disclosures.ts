import type { Participant } from '@tidings/exchange'
import {
  type BurialPlace,
  burialPlace,
  newThingId,
  type PayloadOf,
  type PersonFile,
  personFile,
} from '@tidings/statement'
import { audienceOf, jsonContent, type Unsigned } from './unsigned.ts'

type Participants = readonly Pick<Participant, 'party' | 'role'>[]

/** What a disclosure tells: one burial place or one person, by the author's own copy. */
export type Told =
  | { readonly site: string; readonly place: BurialPlace }
  | { readonly case: string; readonly file: PersonFile }

/** Information given without a request. */
export function make(disclosure: {
  readonly id?: string
  readonly mechanism: string
  readonly participants: Participants
  readonly author: string
  readonly to: readonly string[]
  readonly told: Told
  /** Requests that it bears on. */
  readonly requests?: readonly string[]
}): Unsigned<'disclosure.make'> {
  const { told } = disclosure
  const matter: PayloadOf<'disclosure.make'>['body']['matter'] =
    'site' in told ? { type: 'burial-place', site: told.site } : { type: 'case', case: told.case }
  return {
    kind: 'disclosure.make',
    about: disclosure.id ?? newThingId(),
    mechanism: disclosure.mechanism,
    to: disclosure.to,
    aud: audienceOf(disclosure.participants, disclosure.author, ...disclosure.to),
    body: { matter, ...(disclosure.requests?.length && { requests: [...disclosure.requests] }) },
    contents: [
      'site' in told
        ? jsonContent(told.site, burialPlace.mediaType, told.place)
        : jsonContent(told.case, personFile.mediaType, told.file),
    ],
  }
}

/** An addressee has received the disclosure. */
export function acknowledge(
  disclosure: {
    readonly id: string
    readonly mechanism: string
    readonly author: string
    readonly made: { readonly statement: string }
  },
  participants: Participants,
  by: string,
): Unsigned<'disclosure.acknowledge'> {
  return {
    kind: 'disclosure.acknowledge',
    about: disclosure.id,
    mechanism: disclosure.mechanism,
    aud: audienceOf(participants, by, disclosure.author),
    re: [disclosure.made.statement],
    body: {},
  }
}
